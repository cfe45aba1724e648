/**
 * Rules that derive what a kernel of TensorFlow.js returns from shapes alone.
 */
import type { Contract, Outputs } from "../kernels/spec/Kernel.ts"
import type { Outcome, Target } from "../kernels/spec/Outcome.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** A call of a TensorFlow.js kernel and the backend that it is for. */
export interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly target: Target
}

export type Rule = (call: Call) => Outcome

/** Rules by kernel name. */
export type Rules = Readonly<Record<string, Rule>>

/** A function of a call, typed by the contract of its kernel. */
export type Typed<I, A, X> = (inputs: I, attributes: A, target: Target) => X

// --------------------------------------------------------- constructors

/** Makes the rule of a kernel. */
export const rule = <I extends object, A extends object>(
  { name }: Contract<I, A, Outputs>,
  outcome: Typed<I, A, Outcome>,
): Rules => ({ [name]: ofCalls(outcome) })

/** Makes one rule for several kernels. */
export const rules = <I extends object, A extends object>(
  contracts: readonly Contract<I, A, Outputs>[],
  outcome: Typed<I, A, Outcome>,
): Rules => Object.fromEntries(contracts.map(({ name }) => [name, ofCalls(outcome)]))

/** Turns a typed function into a function of untyped calls. */
export const ofCalls =
  <I extends object, A extends object, X>(f: Typed<I, A, X>) =>
  ({ inputs, attrs, target }: Call): X =>
    // TensorFlow.js operations call their kernels as the kernels' contracts say.
    f(inputs as unknown as I, attrs as unknown as A, target)

// ---------------------------------------------------------- destructors

/** Returns an input that the kernel requires. Throws if it is missing. */
export const input = ({ inputs }: Call, name: string): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null) throw new Error(`A kernel was called without its input ${name}.`)
  return x
}
