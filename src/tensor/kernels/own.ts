/** How kernels of our own are asked for: where a backend has none, the caller composes plain tfjs operations. */
import { tf } from "../tf.ts"

/** Whether the backend in use has the kernel. */
export const hasKernel = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined

/** Runs a kernel with one output; it has no gradient of its own. */
export const runKernel = (name: string, inputs: tf.NamedTensorMap, attrs: Attributes = {}): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as Attributes & tf.NamedAttrMap) as tf.Tensor // one output

/** Runs a kernel with several outputs. */
export const runKernelForAll = (
  name: string,
  inputs: tf.NamedTensorMap,
  attrs: Attributes = {},
): ReadonlyArray<tf.Tensor> => tf.engine().runKernel(name, inputs, attrs as Attributes & tf.NamedAttrMap) as tf.Tensor[] // several outputs

/** What `tf.customGrad` passes behind the inputs, whatever its typings say: it keeps tensors for the gradient. Call it once. */
export type Save = (tensors: tf.Tensor[]) => void

/** tfjs hands attributes on as they are. */
type Attributes = Readonly<Record<string, number | ReadonlyArray<number>>>
