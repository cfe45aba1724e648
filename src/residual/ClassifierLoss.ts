/**
 * The loss of a linear classifier of many classes, which never stores all logits together.
 *
 *     loss = mean over rows of -log softmax(x W)[target]
 *
 * Rows are processed in chunks of a given number, in order. The layer computes the logits of a chunk, their loss and
 * gradient, and frees them; a record saves the gradients dx and dW themselves. So a vocabulary of 50,257 needs no
 * `[rows, classes]` tensor. For up to one chunk of rows it is the plain layer. Its bits depend on the number of rows in
 * a chunk, which is therefore part of the layer.
 */
import type { Layer, Recorded } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { dispatch } from "../tensor/kernels/dispatch.ts"
import { asRows } from "../tensor/kernels/spec/asRows.ts"
import { addTo } from "../tensor/kernels/spec/addTo.ts"
import { fitting, float, leading, weighing, widthOf, type Inputs } from "../tensor/kernels/spec/checks.ts"
import { quietly, record } from "../tensor/ops/recording.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { tf } from "../tensor/tf.ts"
import { crossEntropy } from "./crossEntropy.ts"
import { multiply } from "./multiply.ts"

// ---------------------------------------------------------------- model

/** The weight W of the classes. */
export interface ClassifierParams {
  /** `[width, classes]` */
  readonly unembed: tf.Tensor
}

/** The input: x, float32 `[..., width]`, and a class for each row, int32 `[...]`. */
export type ClassifierInput = readonly [x: tf.Tensor, targets: tf.Tensor]

/** The loss of a linear classifier, computed in chunks of rows. */
export const ClassifierLoss = {
  // -------------------------------------------------------- constructors

  /**
   * Makes the layer from `[x, targets]`, float32 `[..., width]` and int32 `[...]`, to the mean cross-entropy in nats.
   * `rowsAtOnce` defaults to `ClassifierLoss.rowsAtOnce(classes)`. Throws `RangeError` unless it is an integer of at
   * least 1.
   */
  make: (
    width: number,
    classes: number,
    rowsAtOnce: number = ClassifierLoss.rowsAtOnce(classes),
  ): Layer<ClassifierParams, ClassifierInput, tf.Tensor> => {
    if (!Number.isSafeInteger(rowsAtOnce) || rowsAtOnce < 1)
      throw new RangeError(`The rows of a chunk must be an integer of at least 1, not ${String(rowsAtOnce)}.`)
    const whole = fromTfjs(
      Params.struct<ClassifierParams>({ unembed: tensor.normal([width, classes], 0.02) }),
      ({ unembed }, [x, targets]: ClassifierInput) => lossOf(unembed, x, targets),
    )
    const isSmall = (unembed: tf.Tensor, [x, targets]: ClassifierInput) => {
      checkRows({ layer: "ClassifierLoss", inputs: { x, targets, unembed } })
      return targets.size <= rowsAtOnce
    }
    return {
      params: whole.params,
      apply: (params, given, draw) =>
        isSmall(params.unembed, given)
          ? whole.apply(params, given, draw)
          : quietly(() => inChunks(params.unembed, given, rowsAtOnce)),
      vjp: (params, given, draw) =>
        isSmall(params.unembed, given)
          ? whole.vjp(params, given, draw)
          : differentiated(params.unembed, given, rowsAtOnce),
    }
  },

  // -------------------------------------------------------- destructors

  /** The rows of a chunk: the largest multiple of 64 with at most 2^22 logits (16 MB), but at least 64. */
  rowsAtOnce: (classes: number): number => Math.max(64, 64 * Math.floor(2 ** 16 / classes)),
}

/** Checks that there is one target per row of x, and that the weight has as many rows as x has columns. */
const checkRows = (call: Inputs<"x" | "targets" | "unembed">): void => {
  const x = float(call, "x")
  weighing(call, "unembed", "x", widthOf(x))
  fitting(call, "targets", leading(x), "x", "int32")
}

const lossOf = (unembed: tf.Tensor, x: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  crossEntropy(multiply(x, unembed), targets)

const inChunks = (unembed: tf.Tensor, given: ClassifierInput, rowsAtOnce: number): tf.Tensor => {
  let sums: ReadonlyArray<tf.Tensor> = []
  for (const chunk of chunks(given, rowsAtOnce))
    sums = added(sums, [tf.tidy(() => lossOf(unembed, ...rowsOf(given, chunk)).mul(chunk.share))])
  return sums[0] ?? nothing()
}

/** The value and both gradients for a cotangent of 1; `pull` multiplies them by its cotangent. */
const differentiated = (
  unembed: tf.Tensor,
  given: ClassifierInput,
  rowsAtOnce: number,
): Recorded<ClassifierParams, ClassifierInput, tf.Tensor> => {
  const [x, targets] = given
  const { value, dx, dw } = quietly(() => {
    let sums: ReadonlyArray<tf.Tensor> = []
    const inputs: tf.Tensor[] = []
    for (const chunk of chunks(given, rowsAtOnce)) {
      const [input, ...summands] = tf.tidy(() => {
        const [a, ids] = rowsOf(given, chunk)
        const recorded = record(() => lossOf(unembed, a, ids), [a, unembed])
        // One for each of two inputs.
        const [da, weight] = recorded.pull(tf.scalar(chunk.share)) as [tf.Tensor, tf.Tensor]
        return [da, recorded.value.mul(chunk.share), weight] as [tf.Tensor, tf.Tensor, tf.Tensor]
      })
      inputs.push(input)
      sums = added(sums, summands)
    }
    return { value: sums[0] ?? nothing(), dw: sums[1] ?? nothing(), dx: tf.concat(inputs).reshape(x.shape) }
  })
  return {
    value,
    held: [dx, dw],
    pull: (cotangent) => {
      const scaled = quietly(() => ({ input: dx.mul(cotangent), unembed: dw.mul(cotangent) }))
      tf.dispose([dx, dw])
      return { cotangent: [scaled.input, tf.zeros(targets.shape, targets.dtype)], grads: { unembed: scaled.unembed } }
    },
  }
}

/** Consecutive rows, and their share of all rows. */
interface Chunk {
  readonly first: number
  readonly count: number
  readonly share: number
}

const chunks = ([, { size }]: ClassifierInput, rowsAtOnce: number): ReadonlyArray<Chunk> =>
  Array.from({ length: Math.ceil(size / rowsAtOnce) }, (_, i) => {
    const count = Math.min(rowsAtOnce, size - i * rowsAtOnce)
    return { first: i * rowsAtOnce, count, share: count / size }
  })

const rowsOf = ([x, targets]: ClassifierInput, { first, count }: Chunk): ClassifierInput => [
  asRows(x).slice([first], [count]),
  targets.reshape([-1]).slice([first], [count]),
]

/** Adds the next summands to the sums so far, in place if the backend supports it. */
const added = (sums: ReadonlyArray<tf.Tensor>, summands: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => {
  if (sums.length === 0) return summands
  const next = sums.map((sum, i) => {
    const x = summands[i] ?? nothing()
    return dispatch(addTo, { sum, x })
  })
  tf.dispose([...sums, ...summands])
  return next
}

const nothing = (): never => {
  throw new RangeError("The loss needs at least one row, but 0 were given.")
}
