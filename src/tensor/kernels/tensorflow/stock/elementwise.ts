/**
 * Elementwise functions whose results do not depend on the position in a tensor.
 *
 * TensorFlow's own process sixteen elements together, and the last few of a tensor one by one with another
 * approximation, so the result of a sample would depend on its position in the batch. These kernels pad the tensor, so
 * that there are no such last elements.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { implement, type Implementation } from "../../implement.ts"
import { stock } from "../../spec/stock.ts"

/** The unary functions whose two approximations differ. */
export const UNARY: readonly string[] = [
  ...[tf.Acos, tf.Asin, tf.Atan, tf.Atanh, tf.Cos, tf.Elu, tf.Exp, tf.Expm1, tf.Log, tf.Log1p, tf.Reciprocal],
  ...[tf.Rsqrt, tf.Selu, tf.Sigmoid, tf.Sin, tf.Softplus],
]

/** The binary functions whose two approximations differ. */
export const BINARY: readonly string[] = [tf.Atan2, tf.Pow]

/** The number of float32 in the widest registers. */
const LANES = 16

/** Returns how many rows to add to `rows` to fill complete registers. */
export const missingRows = (rows: number, width: number): number =>
  (rows * width) % LANES === 0 ? 0 : LANES - (rows % LANES)

/** Runs one TensorFlow operation with one output by its own name, regardless of the kernels of TensorFlow.js. */
type Execute = (name: string, inputs: readonly tf.Tensor[]) => tf.Tensor

const open = (backend: unknown): Execute => {
  // The engine passes a kernel the backend that it was registered for. This part of it is not in tfjs-node's typings.
  const tensorflow = backend as {
    readonly executeSingleOutput: (
      name: string,
      attributes: readonly never[],
      inputs: readonly tf.Tensor[],
    ) => tf.Tensor
  }
  return (name, inputs) => tensorflow.executeSingleOutput(name, [], inputs)
}

/** Casts an input to a tensor, which the engine passes. */
const tensor = (x: tf.TensorInfo): tf.Tensor => x as tf.Tensor

const unary = (name: string): Implementation =>
  implement(stock<tf.UnaryInputs, {}>(name), "tensorflow", open, (execute, inputs) => {
    const x = tensor(inputs.x)
    return tf.tidy(() => filled([x], x.shape, (full) => execute(name, full)))
  })

const binary = (name: string): Implementation =>
  implement(stock<tf.BinaryInputs, {}>(name), "tensorflow", open, (execute, inputs) => {
    const [a, b] = [tensor(inputs.a), tensor(inputs.b)]
    const dtype = tf.backend_util.upcastType(a.dtype, b.dtype) === "int32" ? "int32" : "float32"
    return tf.tidy(() => {
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
      const both = [a, b].map((one) => one.cast(dtype).broadcastTo(shape))
      return filled(both, shape, (full) => execute(name, full))
    })
  })

/** Softmax over the last axis, padded with rows to complete registers. */
const softmax = implement(
  stock<tf.SoftmaxInputs, tf.SoftmaxAttrs>(tf.Softmax),
  "tensorflow",
  open,
  (execute, inputs) => {
    const logits = tensor(inputs.logits)
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
      const result = execute(tf.Softmax, [all])
      return missing === 0 ? result : result.slice([0, 0], [rows, columns]).reshape(logits.shape)
    })
  },
)

/** Runs `body` on tensors of one shape, padded with zeros. */
const filled = (
  tensors: readonly tf.Tensor[],
  shape: readonly number[],
  body: (full: readonly tf.Tensor[]) => tf.Tensor,
): tf.Tensor => {
  const size = sizeOf(shape)
  const missing = missingRows(size, 1)
  if (missing === 0) return body(tensors)
  const full = tensors.map((one) => one.reshape<tf.Tensor1D>([size]).pad([[0, missing]]))
  return body(full)
    .slice([0], [size])
    .reshape([...shape])
}

export const elementwise: readonly Implementation[] = [...UNARY.map(unary), ...BINARY.map(binary), softmax]
