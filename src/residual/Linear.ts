/**
 * The affine map y = x W + b on the last axis.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import { hasKernel, runKernel, type Save } from "../tensor/kernels/own.ts"
import { sgemmFor } from "../tensor/kernels/wasm/sgemm.ts"
import { tensor } from "../tensor/tensor.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** W and b of y = x W + b. */
export interface LinearParams {
  /** `[inputs, outputs]` */
  readonly weight: tf.Tensor
  /** `[outputs]` */
  readonly bias: tf.Tensor
}

/** The affine map y = x W + b on the last axis. */
export const Linear = {
  // -------------------------------------------------------- constructors

  /** Normal weights of the given deviation, zero bias. */
  params: (inputs: number, outputs: number, deviation = 0.02): Params<LinearParams> =>
    Params.struct<LinearParams>({
      weight: tensor.normal([inputs, outputs], deviation),
      bias: tensor.zeros([outputs]),
    }),

  /** The layer `[..., inputs]` to `[..., outputs]`. */
  make: (inputs: number, outputs: number, deviation?: number): Layer<LinearParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Linear.params(inputs, outputs, deviation), Linear.apply),

  // --------------------------------------------------------- combinators

  /** x W + b, from `[..., inputs]` to `[..., outputs]`. */
  apply: ({ weight, bias }: LinearParams, x: tf.Tensor): tf.Tensor =>
    hasKernel("BijouAddBias") && x.dtype === "float32" ? fused(x, weight, bias) : multiply(x, weight).add(bias),
}

/** The bias is added in place, and the tape keeps x and W. */
const fused = tf.customGrad((...args) => {
  const [x, weight, bias, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, tf.Tensor, Save] // as tfjs passes them
  save([x, weight])
  return {
    value: runKernel("BijouAddBias", { x: multiply(x, weight), bias }),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, w] = saved as [tf.Tensor, tf.Tensor] // as they were kept
      return tf.tidy(() => [...pullMultiply(a, w, dy), rows(dy).sum(0)])
    },
  }
})

/** The gradients of x W by x and by W. */
export const pullMultiply = (x: tf.Tensor, weight: tf.Tensor, dy: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => [
  tf.matMul(rows(dy), weight, false, true).reshape(x.shape),
  weightGrad(x, dy),
]

/** x^T dy over all leading axes. A BLAS reads x as transposed, and so needs no kernel for this. */
export const weightGrad = (x: tf.Tensor, dy: tf.Tensor): tf.Tensor => {
  const [a, b] = [rows(x), rows(dy)] as const
  const blas = sgemmFor(a.shape[1] ?? 1, a.shape[0] ?? 1, b.shape[1] ?? 1) !== null
  return hasKernel("BijouWeightGrad") && !blas ? runKernel("BijouWeightGrad", { x, dy }) : tf.matMul(a, b, true, false)
}

/** All leading axes as one. */
export const rows = (x: tf.Tensor): tf.Tensor2D => x.reshape([-1, x.shape.at(-1) ?? 1])

/** x W on the last axis, as one matrix product over all leading axes. */
export const multiply = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const [inputs = 1, outputs = 1] = weight.shape
  return x
    .reshape([-1, inputs])
    .matMul(weight.as2D(inputs, outputs))
    .reshape([...x.shape.slice(0, -1), outputs])
}
