/**
 * What a kernel is, whatever computes it: its name, its inputs and attributes, the shapes and types that it takes, what it returns and costs, and
 * the same in plain TensorFlow.js operations.
 *
 * A backend implements a kernel against this contract (`implement.ts`); `dispatch.ts` picks an implementation.
 */
import type { Outcome, Target } from "./Outcome.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

/** One output. */
export type One = tf.TensorInfo

/** What a kernel returns: one output, or a tuple of them. */
export type Outputs = One | readonly (One | undefined)[]

/** The outputs `O` as tensors of type `T`. */
export type OutputsOf<O, T> = O extends readonly unknown[] ? { readonly [K in keyof O]: T } : T

/** The inputs `I`, by their names, as tensors of type `T`. */
export type InputsOf<I, T> = { readonly [K in keyof I]: T }

/** A kernel by its name: one of TensorFlow.js's own, or a custom one. `I` are its inputs, `A` its attributes, `O` its outputs. */
export interface Contract<I extends object, A extends object, O extends Outputs> {
  readonly name: string
  /** Never has a value: the types that the name refers to. */
  readonly types?: (inputs: I, attributes: A) => O
}

/** What a kernel is called with, and the layer that errors name. */
interface Given<I extends object, A extends object> {
  readonly layer: string
  readonly inputs: I
  readonly attributes: A
}

/** A custom kernel. */
export interface Kernel<I extends object, A extends object, O extends Outputs> extends Contract<I, A, O> {
  /** What errors call it: the layer or function that users know. */
  readonly layer: string
  /** Throws `ShapeMismatch` unless shapes and types fit. */
  readonly check: (given: Given<I, A>) => void
  /** The outputs and the cost on a backend, from shapes alone. */
  readonly outcome: (inputs: I, attributes: A, target: Target) => Outcome
  /** The same in plain operations, which have gradients: the fallback, and the reference of its law. */
  readonly composed: (inputs: InputsOf<I, tf.Tensor>, attributes: A) => OutputsOf<O, tf.Tensor>
}
