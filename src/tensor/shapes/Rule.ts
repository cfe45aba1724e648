/**
 * What a kernel of TensorFlow.js returns, from shapes alone.
 */
import type { Outcome, Target } from "../kernels/spec/Outcome.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** A call of a kernel of TensorFlow.js, and the backend that it is for. */
export interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly target: Target
}

export type Rule = (call: Call) => Outcome

// ---------------------------------------------------------- destructors

/** An input that the kernel must have been given. */
export const input = ({ inputs }: Call, name: string): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null) throw new Error(`A kernel was called without its input ${name}.`)
  return x
}

/** An attribute that is a list of integers; tfjs's ops have checked it. */
export const numbers = ({ attrs }: Call, name: string): ReadonlyArray<number> => attrs[name] as ReadonlyArray<number>
