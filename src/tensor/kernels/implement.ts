/** The implementation of a kernel on a backend, typed by the kernel's contract. */
import type { tf } from "../tf.ts"
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
  run: (backend: B, inputs: I, attributes: A) => Returned<O>,
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
