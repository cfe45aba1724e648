/** How kernels of our own are asked for: where a backend has none, the caller composes plain tfjs operations. */
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** `own`: kernels of our own where the backend has them; `composed`: plain tfjs operations everywhere. */
export type KernelChoice = "own" | "composed"

/** tfjs hands attributes on as they are. */
type Attributes = Readonly<Record<string, number | ReadonlyArray<number>>>

/** What `tf.customGrad` passes behind the inputs, whatever its typings say: it keeps tensors for the gradient. Call it once. */
export type Save = (tensors: tf.Tensor[]) => void

// ----------------------------------------------------------- combinators

/**
 * What layers and blocks are evaluated with from now on, for trying both. Choose before the first evaluation: floats
 * have other bits, and what one evaluated the other does not rebuild.
 */
export const useKernels = (choice: KernelChoice): void => {
  chosen = choice
}

let chosen: KernelChoice = "own"

// ---------------------------------------------------------- destructors

/** What is chosen. */
export const chosenKernels = (): KernelChoice => chosen

/** Whether the backend in use has the kernel, and kernels of our own are in use. */
export const hasKernel = (name: string): boolean =>
  chosen === "own" && tf.getKernel(name, tf.getBackend()) !== undefined

/** Runs a kernel with one output; it has no gradient of its own. */
export const runKernel = (name: string, inputs: tf.NamedTensorMap, attrs: Attributes = {}): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as Attributes & tf.NamedAttrMap) as tf.Tensor // one output

/** Runs a kernel with any number of outputs. */
export const runKernelForAll = (
  name: string,
  inputs: tf.NamedTensorMap,
  attrs: Attributes = {},
): ReadonlyArray<tf.Tensor> => [tf.engine().runKernel(name, inputs, attrs as Attributes & tf.NamedAttrMap)].flat()
