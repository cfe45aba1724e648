/** How custom kernels are called: the implementation of the backend in use, or plain operations where it has none. */
import { tf } from "../tf.ts"
import type { Implementation } from "./implement.ts"
import type { InputsOf, Kernel, Outputs, OutputsOf } from "./spec/Kernel.ts"

// ---------------------------------------------------------------- model

/** `own`: custom kernels where the backend implements them; `composed`: plain tfjs operations everywhere. */
export type KernelChoice = "own" | "composed"

/** What `tf.customGrad` passes after the inputs, whatever its typings say: it keeps tensors for the gradient. Call it once. */
export type Save = (tensors: tf.Tensor[]) => void

/** Attributes, which may be left out where there are none. */
type AttributesOf<A> = {} extends A ? readonly [attributes?: A] : readonly [attributes: A]

// ----------------------------------------------------------- combinators

/**
 * Selects what layers and blocks are evaluated with from now on. Choose before the first evaluation: floats have other bits, and what one
 * evaluated the other does not rebuild.
 */
export const useKernels = (choice: KernelChoice): void => {
  chosen = choice
}

let chosen: KernelChoice = "own"

/**
 * Runs a kernel: checks shapes and types, then calls the backend's implementation, or composes the kernel. An implementation has no gradient of its
 * own. Throws `ShapeMismatch`.
 */
export const dispatch = <I extends object, A extends object, O extends Outputs>(
  kernel: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  ...[attributes = none as A]: AttributesOf<A>
): OutputsOf<O, tf.Tensor> => {
  check(kernel, inputs, attributes)
  return isImplemented(kernel, attributes) ? run(kernel, inputs, attributes) : kernel.composed(inputs, attributes)
}

/** Checks shapes and types, as `dispatch` does. Throws `ShapeMismatch`. */
export const check = <I extends object, A extends object, O extends Outputs>(
  { layer, check: checking }: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  attributes: A,
): void => checking({ layer, inputs: inputs as I, attributes }) // a tensor is its own description

/** Runs the backend's implementation, whatever is chosen, on inputs that were checked. */
export const run = <I extends object, A extends object, O extends Outputs>(
  { name }: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  attributes: A,
): OutputsOf<O, tf.Tensor> =>
  // The engine passes inputs and attributes on as they are, and wraps what the implementation returns under the same contract.
  tf
    .engine()
    .runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap) as OutputsOf<
    O,
    tf.Tensor
  >

// ---------------------------------------------------------- destructors

/** What is chosen. */
export const chosenKernels = (): KernelChoice => chosen

/** Whether custom kernels are in use and the backend implements this one for these attributes; for any where they are left out. */
export const isImplemented = <I extends object, A extends object, O extends Outputs>(
  { name }: Kernel<I, A, O>,
  attributes?: A,
): boolean => {
  if (chosen === "composed") return false
  const found: Implementation | undefined = tf.getKernel(name, tf.getBackend())
  return found !== undefined && (attributes === undefined || found.covers === undefined || found.covers(attributes))
}

/** The attributes of a kernel that has none. */
const none: {} = {}
