/**
 * Exact two-way programs that may leave side information behind.
 *
 * Laws (checked by `laws/sets/Bijection.ts`):
 *
 * 1. back . forth: `inverse(forward(a))` is `a`, bit for bit, with output and side read back from bytes
 * 2. forth . back: `forward(inverse(b, s))` is `[b, s]`, for every `[b, s]` that `forward` can produce
 * 3. pullback rebuilds: its `input` is that of `inverse`
 */
import type { Params } from "./Params.ts"
import type { Program } from "./Program.ts"
import type { Side } from "./Side.ts"

// ---------------------------------------------------------------- model

/** `P` parameters, `A` in, `B` out, `S` side information. */
export interface Bijection<in out P, in out A, in out B, in out S> {
  readonly params: Params<P>
  readonly side: Side<S>
  /** Borrows `a`. */
  readonly forward: (a: A) => Program<P, readonly [b: B, side: S]>
  /** Borrows `b` and `side`. */
  readonly inverse: (b: B, side: S) => Program<P, A>
  /** The expectation: no key is used, no side is left, there is no way back. Borrows `a`. */
  readonly infer: (a: A) => Program<P, B>
  /** Rebuilds the input and pulls the cotangent back, with one evaluation of what it differentiates. Consumes all three. */
  readonly pullback: (b: B, side: S, cotangent: B) => Program<P, Pulled<P, A>>
}

/** `cotangent: null` is for inputs that have none (token ids). */
export interface Pulled<out P, out A> {
  readonly input: A
  readonly cotangent: A | null
  readonly grads: P
}
