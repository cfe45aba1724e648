/** Implements kernels on a backend, typed by their contracts. */
import { tf } from "../tf.ts"
import type { Contract, Outputs, OutputsOf } from "./spec/Kernel.ts"

// ---------------------------------------------------------------- model

/** An implementation as TensorFlow.js registers it. */
export interface Implementation extends tf.KernelConfig {
  /** Returns whether the implementation supports these attributes. If it is missing, all attributes are supported. */
  readonly covers?: (attributes: object) => boolean
}

/** The outputs of a kernel as an implementation returns them. */
export type Returned<O> = OutputsOf<O, tf.TensorInfo>

// --------------------------------------------------------- constructors

/** Implements a kernel on a backend. `open` converts the engine's backend object to what the implementation uses. */
export const implement = <I extends object, A extends object, O extends Outputs, B>(
  { name }: Contract<I, A, O>,
  backendName: string,
  open: (backend: unknown) => B,
  run: (backend: B, inputs: I, attributes: A) => NoInfer<Returned<O>>,
): Implementation => ({
  kernelName: name,
  backendName,
  kernelFunc: ({ inputs, attrs, backend }) =>
    // The engine passes what `dispatch` or a TensorFlow.js operation gave it under this contract, and also accepts
    // readonly lists.
    run(open(backend), inputs as unknown as I, (attrs ?? {}) as unknown as A) as tf.TensorInfo | tf.TensorInfo[],
})

/** Restricts an implementation to some attributes. For others, callers compose the kernel. */
export const covering = <A extends object>(
  implementation: Implementation,
  covers: (attributes: A) => boolean,
): Implementation => ({
  ...implementation,
  covers: (attributes) => covers(attributes as A), // the attributes of the kernel that it implements
})

// ---------------------------------------------------------- destructors

/**
 * Returns the kernel that a backend has registered at the moment, as a function of inputs and attributes, or undefined
 * if it has none. A module that replaces a kernel of TensorFlow.js gets TensorFlow.js's own.
 */
export const stockOn = <I extends object, A extends object, O extends Outputs>(
  { name }: Contract<I, A, O>,
  backendName: string,
): ((backend: object, inputs: I, attributes: A) => Returned<O>) | undefined => {
  const kernel: tf.KernelConfig | undefined = tf.getKernel(name, backendName)
  if (kernel === undefined) return undefined
  return (backend, inputs, attributes) =>
    kernel.kernelFunc({
      inputs: inputs as unknown as tf.NamedTensorInfoMap, // the contract names them
      backend,
      attrs: attributes as unknown as tf.NamedAttrMap, // the contract names them
    }) as Returned<O>
}
