/**
 * A custom network, three blocks on `[samples, 2]`, whose samples cause faults from the id 100 on.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, named, Params, Side } from "bijou"
import { fromTfjs, tensor, tensorSpace, tf } from "bijou/tensor"

// ---------------------------------------------------------------- model

/** The fault that the hundreds of a sample's id mean. */
const troubles = ["none", "overflow", "infinite loss", "irreversible", "layer", "data", "exit", "uncaught"] as const

export type Trouble = (typeof troubles)[number]

// --------------------------------------------------------- constructors

/** The first sample that causes this fault. */
export const sampleOf = (trouble: Trouble): number => 100 * troubles.indexOf(trouble)

const troubleOf = (id: number): Trouble => troubles[Math.floor(id / 100)] ?? "none"

/** The value in the first place of a sample. 2^15 is the end of a grid of 9 fraction bits. */
const marks: Readonly<Record<Trouble, number>> = {
  ...{ none: 1, overflow: 2 ** 15, "infinite loss": 1000, irreversible: 200, layer: 100 },
  ...{ data: 0, exit: 0, uncaught: 0 },
}

const space = tensorSpace(9)

let calls = 0

const layer = fromTfjs(Params.struct({ w: tensor.normal([2, 2], 0.5) }), ({ w }, x: tf.Tensor) => {
  const most = tf.tidy(() => x.max().dataSync()[0]) ?? NaN
  if (most === marks.layer) throw new Error("the layer has had enough")
  const drift = most >= marks.irreversible && most < marks["infinite loss"] ? calls++ : 0
  return tf.tanh(tf.matMul(x, w as tf.Tensor2D)).add(drift) // it has two axes
})

const loss = fromTfjs(Params.none, (_, [, y]: readonly [tf.Tensor, tf.Tensor]) => tf.mean(tf.exp(y)))

const network = F.pipe(
  Bdia.fromResidual({ space, layer }, 3),
  named("blocks"),
  andThen(F.pipe(loss, keep(Side.pair(space.value, space.value)), named("head"))),
)

const fail = (id: number): never => {
  throw new Error(`sample ${id} failed in an unobserved promise`)
}

/** The loss grows with the number of tensors at the start of an evaluation. */
const data = (samples: ReadonlyArray<number>): tf.Tensor => {
  for (const id of samples) {
    const trouble = troubleOf(id)
    if (trouble === "data") throw new Error(`sample ${id} is missing`)
    if (trouble === "exit") process.exit(3)
    if (trouble === "uncaught") queueMicrotask(() => fail(id))
  }
  const alive = tf.memory().numTensors
  return tf.tensor2d(samples.map((id) => [marks[troubleOf(id)], alive / 2 ** 9]))
}

export const trouble = { network, data }
