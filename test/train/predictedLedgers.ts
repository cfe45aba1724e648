/**
 * Ledgers predicted from shapes alone, compared with measured ones.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, Key, named, Params, Side, type Bijection, type Plan } from "bijou"
import { AdamW, Attention, geluTanh, measureLedger, Mlp, predictLedger } from "bijou/net"
import type { Step } from "../../src/train/memory/ledgerOf.ts"
import { float32TensorSide, fromTfjs, tensorSpace, tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { alive, convolution, noise, right, tinyBatch, tinyGpt } from "../support/specimens.ts"

// ---------------------------------------------------------------- model

export const sizes = { batch: 2, time: 4, width: 8, depth: 4 }

const plans: ReadonlyArray<Plan> = [{}, { "": "tape" }, { blocks: "keep" }, { "blocks/2": "tape", head: "tape" }]

export const pair = Side.pair(float32TensorSide(9), float32TensorSide(9))

// --------------------------------------------------------- constructors

/** A step of a small GPT. */
export const subject = () => {
  const { batch, time, width, depth } = sizes
  const { bijection: network } = tinyGpt({ depth, width })
  const params = network.params.init(Key.fromSeed(1))
  const state = AdamW.init(network.params, params)
  return { network, step: { params, state, input: tinyBatch(batch, time), seed: 1, samples: [0, 1] } }
}

/** The same step predicted and measured, without leaks in either. */
const both = async <P, A, S>(network: Bijection<P, A, tf.Tensor, S>, step: Step<P, A>) => {
  const before = alive()
  const predicted = right(predictLedger(network, step))
  expect(alive()).toEqual(before)
  const measured = right(await measureLedger(network, step)())
  expect(alive()).toEqual(before)
  const bare = predicted.moments.map((moment) => ({ ...moment, operations: 0, moved: 0 }))
  return { bare: { ...predicted, moments: bare }, measured }
}

// ------------------------------------------------------------ instances

/** Measures on the current backend what was predicted for it. */
export const checkPredictions = (): void => {
  it("is predicted as it is measured, under every plan", async () => {
    const { network, step } = subject()
    for (const plan of plans) {
      const { bare, measured } = await both(network, { ...step, plan })
      expect(bare).toEqual(measured)
    }
  })

  it("is so for convolutions, plain tfjs code and other ends", async () => {
    const space = tensorSpace(9)
    const { layer, shape } = convolution()
    const loss = fromTfjs(Params.none, (_, [previous, x]: readonly [tf.Tensor, tf.Tensor]) =>
      tf.tidy(() => {
        const parts = tf.split(tf.concat([previous, tf.sigmoid(x)], 1), 2, 1)
        const [first = x, second = x] = parts
        return tf
          .stack([first, second.exp().slice(0)])
          .transpose([1, 0, 2, 3, 4])
          .reshape([2, -1])
          .tile([1, 2])
          .pow(2)
          .mean()
      }),
    )
    const network = F.pipe(
      named("blocks")(Bdia.fromResidual({ space, layer }, 3)),
      andThen(named("head")(keep<readonly [tf.Tensor, tf.Tensor]>(pair)(loss))),
    )
    const params = network.params.init(Key.fromSeed(1))
    const input = space.quantize(noise([...shape], 3))
    for (const plan of [{}, { "": "tape" }] satisfies Plan[]) {
      const { bare, measured } = await both(network, { params, input, seed: 1, samples: [0, 1], plan })
      expect(bare).toEqual(measured)
    }
  })

  it("is so for attention past padding and GELU by tanh", async () => {
    const loss = fromTfjs(Mlp.params(8, 12), (params, qkv: tf.Tensor) =>
      tf.tidy(() => {
        const seen = tf.tensor2d([1, 0, 1, 1, 0, 0, 1, 0, 1, 1], [2, 5], "int32")
        const mixed = Attention.mixSeen(qkv, seen, 2, "causal")
        return Mlp.apply(params, geluTanh(mixed), "geluTanh").square().mean()
      }),
    )
    const network = keep(float32TensorSide(null))(loss)
    const params = network.params.init(Key.fromSeed(1))
    for (const plan of [{}, { "": "tape" }] satisfies Plan[]) {
      const { bare, measured } = await both(network, { params, input: noise([2, 5, 24], 3), seed: 1, plan })
      expect(bare).toEqual(measured)
    }
  })

  it("is so for sizes that fill no register, and reductions", async () => {
    const loss = fromTfjs(Params.none, (_, x: tf.Tensor) =>
      tf.tidy(() => {
        const bases = x.sigmoid().softmax().add(x.relu())
        const powers = bases.pow(x.clipByValue(-1, 1)).log()
        return powers
          .max(1)
          .add(powers.mean(1))
          .pad([[1, 2]])
          .slice([1], [3])
          .sum()
      }),
    )
    const network = keep(float32TensorSide(null))(loss)
    for (const shape of [
      [3, 7],
      [5, 1],
      [4, 8],
    ]) {
      const { bare, measured } = await both(network, { params: {}, input: noise(shape, 3), seed: 1 })
      expect(bare).toEqual(measured)
    }
  })
}
