/** Dispatches custom kernels to the implementation of the backend in use, or to plain operations if it has none. */
import { tf } from "../tf.ts"
import type { Implementation } from "./implement.ts"
import type { InputsOf, Kernel, Outputs, OutputsOf } from "./spec/Kernel.ts"

// ---------------------------------------------------------------- model

/**
 * The kernels to use. `own`: custom kernels where the backend implements them; `composed`: plain tfjs operations
 * everywhere.
 */
export type KernelChoice = "own" | "composed"

/**
 * The save function that `tf.customGrad` passes after the inputs, although its typings do not say so. It keeps tensors
 * for the gradient. Call it only once.
 */
export type Save = (tensors: tf.Tensor[]) => void

/** The attributes argument, which is optional for kernels without attributes. */
type AttributesOf<A> = {} extends A ? readonly [attributes?: A] : readonly [attributes: A]

// ----------------------------------------------------------- combinators

/**
 * Selects the kernels that layers and blocks use from now on. Call this before the first evaluation: the two choices
 * give different float bits, so one cannot rebuild what the other computed.
 */
export const useKernels = (choice: KernelChoice): void => {
  chosen = choice
}

let chosen: KernelChoice = "own"

/**
 * Runs a kernel. It checks shapes and types, then calls the backend's implementation or composes the kernel. An
 * implementation has no gradient of its own. Throws `ShapeMismatch`.
 */
export const dispatch = <I extends object, A extends object, O extends Outputs>(
  kernel: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  ...[attributes = none as A]: AttributesOf<A>
): OutputsOf<O, tf.Tensor> => {
  check(kernel, inputs, attributes)
  return isImplemented(kernel, attributes) ? run(kernel, inputs, attributes) : kernel.composed(inputs, attributes)
}

/** Checks shapes and types as `dispatch` does. Throws `ShapeMismatch`. */
export const check = <I extends object, A extends object, O extends Outputs>(
  { layer, check: checking }: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  attributes: A,
): void => checking({ layer, inputs: inputs as I, attributes }) // a tensor has the shape and type that the check reads

/** Runs the backend's implementation on checked inputs, regardless of the selected kernels. */
export const run = <I extends object, A extends object, O extends Outputs>(
  { name }: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  attributes: A,
): OutputsOf<O, tf.Tensor> =>
  // The engine passes inputs and attributes unchanged, and wraps what the implementation returns under the same
  // contract.
  tf
    .engine()
    .runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap) as OutputsOf<
    O,
    tf.Tensor
  >

// ---------------------------------------------------------- destructors

/** Returns the selected kernels. */
export const chosenKernels = (): KernelChoice => chosen

/**
 * Returns whether custom kernels are selected and the backend implements this one for these attributes, or for any
 * attributes if they are omitted.
 */
export const isImplemented = <I extends object, A extends object, O extends Outputs>(
  { name }: Kernel<I, A, O>,
  attributes?: A,
): boolean => {
  if (chosen === "composed") return false
  const found: Implementation | undefined = tf.getKernel(name, tf.getBackend())
  return found !== undefined && (attributes === undefined || found.covers === undefined || found.covers(attributes))
}

/** The attributes of a kernel without attributes. */
const none: {} = {}
