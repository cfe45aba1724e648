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
    value: affine(x, weight, bias),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, w] = saved as [tf.Tensor, tf.Tensor] // as they were kept
      return tf.tidy(() => [...pullMultiply(a, w, dy), columnSums(dy)])
    },
  }
})

/** x W + b for use inside of kernels with a gradient of their own. */
export const affine = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  hasKernel("BijouAffine")
    ? runKernel("BijouAffine", { x, weight, bias })
    : runKernel("BijouAddBias", { x: product(x, weight), bias })

/** The gradients of x W by x and by W. */
export const pullMultiply = (x: tf.Tensor, weight: tf.Tensor, dy: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => [
  pullInput(weight, dy, x.shape),
  weightGrad(x, dy),
]

/** dy W^T, the gradient of x W by x, in the shape of x. */
export const pullInput = (weight: tf.Tensor, dy: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  hasKernel("BijouProduct")
    ? runKernel("BijouProduct", { x: dy, weight }, { turned: 1 })
    : tf.matMul(rows(dy), weight, false, true).reshape([...shape])

/** x^T dy over all leading axes. A BLAS reads x as transposed, and so needs no kernel for this. */
export const weightGrad = (x: tf.Tensor, dy: tf.Tensor): tf.Tensor => {
  if (hasKernel("BijouWeightGrad") && !multipliesByBlas(x, dy)) return runKernel("BijouWeightGrad", { x, dy })
  return tf.matMul(rows(x), rows(dy), true, false)
}

/** The sums over all leading axes, the gradient of a bias. */
export const columnSums = (dy: tf.Tensor): tf.Tensor =>
  hasKernel("BijouColumnSums") ? runKernel("BijouColumnSums", { x: dy }) : rows(dy).sum(0)

/** x W on the last axis, as one matrix product over all leading axes, differentiable. */
export const multiply = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor =>
  hasKernel("BijouProduct") && x.dtype === "float32" ? multiplyInOne(x, weight) : product(x, weight)

const multiplyInOne = tf.customGrad((...args) => {
  const [x, weight, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, Save] // as tfjs passes them
  save([x, weight])
  return {
    value: product(x, weight),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, w] = saved as [tf.Tensor, tf.Tensor] // as they were kept
      return [...pullMultiply(a, w, dy)]
    },
  }
})

/** x W for use inside of kernels with a gradient of their own. */
export const product = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  if (hasKernel("BijouProduct") && x.dtype === "float32") return runKernel("BijouProduct", { x, weight }, { turned: 0 })
  const [inputs = 1, outputs = 1] = weight.shape
  return x
    .reshape([-1, inputs])
    .matMul(weight.as2D(inputs, outputs))
    .reshape([...x.shape.slice(0, -1), outputs])
}

/** Whether a BLAS on the heap of wasm does the product x^T dy. */
const multipliesByBlas = (x: tf.Tensor, dy: tf.Tensor): boolean => {
  const [m, n] = [x.shape.at(-1) ?? 1, dy.shape.at(-1) ?? 1]
  return tf.getBackend() === "wasm" && sgemmFor(m, x.size / m, n) !== null
}

/** All leading axes as one. */
export const rows = (x: tf.Tensor): tf.Tensor2D => x.reshape([-1, x.shape.at(-1) ?? 1])
