/**
 * Functions of single elements, the same wherever the element stands.
 *
 * TensorFlow's own take sixteen elements at once and the last few of a tensor one by one, by another approximation: the result of a sample
 * would depend on its place in the batch. Here a tensor is filled up, so that there are no last few.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { execute } from "./execute.ts"

/** Those whose two approximations differ. */
export const UNARY = [
  ...["Acos", "Asin", "Atan", "Atanh", "Cos", "Elu", "Exp", "Expm1", "Log", "Log1p", "Reciprocal", "Rsqrt"],
  ...["Selu", "Sigmoid", "Sin", "Softplus"],
]

/** Those of two tensors. */
export const BINARY = ["Atan2", "Pow"]

/** As many float32 as the widest registers hold. */
const LANES = 16

/** How many rows fill `rows` up to whole registers. */
export const missingRows = (rows: number, width: number): number =>
  (rows * width) % LANES === 0 ? 0 : LANES - (rows % LANES)

const unary = (kernelName: string): tf.KernelConfig => ({
  kernelName,
  backendName: "tensorflow",
  kernelFunc: ({ inputs, backend }) => {
    const x = inputOf(inputs, "x") as tf.Tensor // the engine passes tensors
    return tf.tidy(() => filled([x], x.shape, (full) => execute(backend, kernelName, full)))
  },
})

const binary = (kernelName: string): tf.KernelConfig => ({
  kernelName,
  backendName: "tensorflow",
  kernelFunc: ({ inputs, backend }) => {
    const [a, b] = [inputOf(inputs, "a"), inputOf(inputs, "b")] as [tf.Tensor, tf.Tensor] // the engine passes tensors
    const dtype = tf.backend_util.upcastType(a.dtype, b.dtype) === "int32" ? "int32" : "float32"
    return tf.tidy(() => {
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
      const both = [a, b].map((one) => one.cast(dtype).broadcastTo(shape))
      return filled(both, shape, (full) => execute(backend, kernelName, full))
    })
  },
})

/** `Softmax` over the last axis, with as many rows as make whole registers. */
const softmax: tf.KernelConfig = {
  kernelName: "Softmax",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, backend }) => {
    const logits = inputOf(inputs, "logits") as tf.Tensor // the engine passes tensors
    return tf.tidy(() => {
      const columns = logits.shape.at(-1) ?? 1
      const rows = logits.size / columns
      const missing = missingRows(rows, columns)
      const all =
        missing === 0
          ? logits
          : logits.reshape<tf.Tensor2D>([rows, columns]).pad([
              [0, missing],
              [0, 0],
            ])
      const result = execute(backend, "Softmax", [all])
      return missing === 0 ? result : result.slice([0, 0], [rows, columns]).reshape(logits.shape)
    })
  },
}

/** Has `body` run on tensors of one shape, filled up with zeros. */
const filled = (
  tensors: ReadonlyArray<tf.Tensor>,
  shape: ReadonlyArray<number>,
  body: (full: ReadonlyArray<tf.Tensor>) => tf.Tensor,
): tf.Tensor => {
  const size = sizeOf(shape)
  const missing = missingRows(size, 1)
  if (missing === 0) return body(tensors)
  const full = tensors.map((tensor) => tensor.reshape<tf.Tensor1D>([size]).pad([[0, missing]]))
  return body(full)
    .slice([0], [size])
    .reshape([...shape])
}

export const elementwise: ReadonlyArray<tf.KernelConfig> = [...UNARY.map(unary), ...BINARY.map(binary), softmax]
