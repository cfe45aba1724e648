/**
 * A differentiable function with parameters that need not be invertible; a residual is a `Layer<P, X, X>`.
 *
 * Laws (checked by `laws/sets/Layer.ts`):
 *
 * 1. replay: two calls with the same parameters, input and draw have the same bits, recorded or not
 * 2. pull is the transposed derivative, against an independent differentiation
 */
import type { option as O } from "fp-ts"
import type { Draw } from "./Draw.ts"
import type { Params } from "./Params.ts"

// ---------------------------------------------------------------- model

/**
 * A function from `A` to `B` with parameters `P`; what it throws, a program returns as `Left`: a `RevError` as it is,
 * all else as `LayerFailed`.
 */
export interface Layer<in out P, in out A, in out B> {
  readonly params: Params<P>
  /** Borrows `a`. Without a draw it is the expectation: dropout is off. */
  readonly apply: (params: P, a: A, draw: O.Option<Draw>) => B
  /** The value first and the way back later, since in a chain the cotangent is known only after every value is. */
  readonly vjp: (params: P, a: A, draw: O.Option<Draw>) => Recorded<P, A, B>
}

/** A value and the way back through it. */
export interface Recorded<out P, out A, in out B> {
  readonly value: B
  /** Borrows the cotangent and uses up the record. `cotangent: null` is for an input that has none (token ids). */
  readonly pull: (cotangent: B) => { readonly cotangent: A | null; readonly grads: P }
  /** What the record keeps alive, so that a scope can see and free it. */
  readonly held: ReadonlyArray<unknown>
}
