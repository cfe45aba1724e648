/** The implementation of a kernel on a backend, typed by the kernel's contract. */
import { tf } from "../tf.ts"
import type { Contract, Outputs, OutputsOf } from "./spec/Kernel.ts"

// ---------------------------------------------------------------- model

/** An implementation as TensorFlow.js registers it. */
export interface Implementation extends tf.KernelConfig {
  /** Whether it takes these attributes; all of them where it is left out. */
  readonly covers?: (attributes: object) => boolean
}

/** The types of outputs as an implementation returns them. */
export type Returned<O> = OutputsOf<O, tf.TensorInfo>

// --------------------------------------------------------- constructors

/** Implements a kernel on a backend, of which it sees what `open` makes of the engine's object. */
export const implement = <I extends object, A extends object, O extends Outputs, B>(
  { name }: Contract<I, A, O>,
  backendName: string,
  open: (backend: unknown) => B,
  run: (backend: B, inputs: I, attributes: A) => NoInfer<Returned<O>>,
): Implementation => ({
  kernelName: name,
  backendName,
  kernelFunc: ({ inputs, attrs, backend }) =>
    // The engine hands on what `dispatch`, or an operation of TensorFlow.js, gave under this contract; it takes readonly lists as well.
    run(open(backend), inputs as unknown as I, (attrs ?? {}) as unknown as A) as tf.TensorInfo | tf.TensorInfo[],
})

/** The implementation for some attributes only; a caller composes the kernel for others. */
export const covering = <A extends object>(
  implementation: Implementation,
  covers: (attributes: A) => boolean,
): Implementation => ({
  ...implementation,
  covers: (attributes) => covers(attributes as A), // those of the kernel that it implements
})

// ---------------------------------------------------------- destructors

/**
 * The kernel of this contract that a backend has at the moment, as a function of inputs and attributes: TensorFlow.js's own when a module asks that
 * replaces it. Undefined where it has none.
 */
export const stockOn = <I extends object, A extends object, O extends Outputs>(
  { name }: Contract<I, A, O>,
  backendName: string,
): ((backend: object, inputs: I, attributes: A) => Returned<O>) | undefined => {
  const kernel: tf.KernelConfig | undefined = tf.getKernel(name, backendName)
  if (kernel === undefined) return undefined
  return (backend, inputs, attributes) =>
    kernel.kernelFunc({
      inputs: inputs as unknown as tf.NamedTensorInfoMap, // named by the contract
      backend,
      attrs: attributes as unknown as tf.NamedAttrMap, // likewise
    }) as Returned<O>
}
