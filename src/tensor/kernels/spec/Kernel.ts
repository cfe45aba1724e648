/**
 * The contract of a kernel, independent of the backend: its name, inputs and attributes, the shapes and types that it
 * accepts, its outputs and its cost, and a composition of plain TensorFlow.js operations.
 *
 * Backends implement kernels against this contract (`implement.ts`), and `dispatch.ts` selects an implementation.
 */
import type { Outcome, Target } from "./Outcome.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

/** One output. */
export type One = tf.TensorInfo

/** The outputs of a kernel: one output or a tuple. */
export type Outputs = One | readonly (One | undefined)[]

/** The outputs `O` as tensors of type `T`. */
export type OutputsOf<O, T> = O extends readonly unknown[] ? { readonly [K in keyof O]: T } : T

/** The inputs `I` by name, as tensors of type `T`. */
export type InputsOf<I, T> = { readonly [K in keyof I]: T }

/**
 * A kernel by its name, either one of TensorFlow.js's own or a custom one. `I` is the type of its inputs, `A` of its
 * attributes, and `O` of its outputs.
 */
export interface Contract<I extends object, A extends object, O extends Outputs> {
  readonly name: string
  /** Carries the types that the name refers to. It never has a value. */
  readonly types?: (inputs: I, attributes: A) => O
}

/** The inputs and attributes of a call, and the layer that errors name. */
interface Given<I extends object, A extends object> {
  readonly layer: string
  readonly inputs: I
  readonly attributes: A
}

/** A custom kernel. */
export interface Kernel<I extends object, A extends object, O extends Outputs> extends Contract<I, A, O> {
  /** The name in errors: the layer or function that users know. */
  readonly layer: string
  /** Throws `ShapeMismatch` unless shapes and types fit. */
  readonly check: (given: Given<I, A>) => void
  /** Returns the outputs and the cost on a backend, from shapes alone. */
  readonly outcome: (inputs: I, attributes: A, target: Target) => Outcome
  /**
   * Computes the same in plain operations, which have gradients. This is the fallback, and the reference in the
   * kernel's law.
   */
  readonly composed: (inputs: InputsOf<I, tf.Tensor>, attributes: A) => OutputsOf<O, tf.Tensor>
}
