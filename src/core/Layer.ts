/**
 * Differentiable functions with parameters, not necessarily invertible. A residual is a `Layer<P, X, X>`.
 *
 * Laws (checked by `laws/sets/Layer.ts`):
 *
 * 1. replay: two calls with the same parameters, input and draw return the same bits, recorded or not
 * 2. `pull` is the transposed derivative, compared with an independent differentiation
 */
import type { option as O } from "fp-ts"
import type { Draw } from "./Draw.ts"
import type { Params } from "./Params.ts"

// ---------------------------------------------------------------- model

/**
 * A function from `A` to `B` with parameters `P`. A program returns what it throws as `Left`: a `RevError` unchanged,
 * anything else as `LayerFailed`.
 */
export interface Layer<in out P, in out A, in out B> {
  readonly params: Params<P>
  /** Computes the value. Without a draw it computes the expectation: dropout is off. Borrows `a`. */
  readonly apply: (params: P, a: A, draw: O.Option<Draw>) => B
  /** Computes the value and records its pullback, since a chain knows the cotangent only after its last value. */
  readonly vjp: (params: P, a: A, draw: O.Option<Draw>) => Recorded<P, A, B>
}

/** A value and its pullback. */
export interface Recorded<out P, out A, in out B> {
  readonly value: B
  /** Pulls a cotangent back. Borrows it and consumes the record. An input without a cotangent (token ids) has null. */
  readonly pull: (cotangent: B) => { readonly cotangent: A | null; readonly grads: P }
  /** The values that the record retains, so that a scope can find and free them. */
  readonly held: ReadonlyArray<unknown>
}
