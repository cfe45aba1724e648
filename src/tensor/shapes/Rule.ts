/**
 * What a kernel of TensorFlow.js returns, from shapes alone.
 */
import type { Contract, Outputs } from "../kernels/spec/Kernel.ts"
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

/** Rules by the names of their kernels. */
export type Rules = Readonly<Record<string, Rule>>

/** A function of calls that is typed by the contract of their kernel. */
export type Typed<I, A, X> = (inputs: I, attributes: A, target: Target) => X

// --------------------------------------------------------- constructors

/** The rule of a kernel. */
export const rule = <I extends object, A extends object>(
  { name }: Contract<I, A, Outputs>,
  outcome: Typed<I, A, Outcome>,
): Rules => ({ [name]: ofCalls(outcome) })

/** One rule for several kernels. */
export const rules = <I extends object, A extends object>(
  contracts: readonly Contract<I, A, Outputs>[],
  outcome: Typed<I, A, Outcome>,
): Rules => Object.fromEntries(contracts.map(({ name }) => [name, ofCalls(outcome)]))

/** The same function of calls. */
export const ofCalls =
  <I extends object, A extends object, X>(f: Typed<I, A, X>) =>
  ({ inputs, attrs, target }: Call): X =>
    // An operation of TensorFlow.js calls its kernel under the kernel's contract.
    f(inputs as unknown as I, attrs as unknown as A, target)

// ---------------------------------------------------------- destructors

/** An input that the kernel must have been given. */
export const input = ({ inputs }: Call, name: string): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null) throw new Error(`A kernel was called without its input ${name}.`)
  return x
}
