/**
 * Exact bijections: programs with an inverse, which may produce side information.
 *
 * Laws (checked by `laws/sets/Bijection.ts`):
 *
 * 1. inverse after forward: `inverse(forward(a))` is `a`, bit for bit, with output and side read back from bytes
 * 2. forward after inverse: `forward(inverse(b, s))` is `[b, s]`, for every `[b, s]` that `forward` can produce
 * 3. pullback rebuilds: its `input` is the result of `inverse`
 */
import type { Params } from "./Params.ts"
import type { Program } from "./Program.ts"
import type { Side } from "./Side.ts"

// ---------------------------------------------------------------- model

/** A bijection from `A` to `B` with parameters `P` and side information `S`. */
export interface Bijection<in out P, in out A, in out B, in out S> {
  readonly params: Params<P>
  readonly side: Side<S>
  /** Borrows `a`. */
  readonly forward: (a: A) => Program<P, readonly [b: B, side: S]>
  /** Borrows `b` and `side`. */
  readonly inverse: (b: B, side: S) => Program<P, A>
  /** Computes the expectation, without a key or side information; it cannot be inverted. Borrows `a`. */
  readonly infer: (a: A) => Program<P, B>
  /** Rebuilds the input and pulls the cotangent back, evaluating each function once. Consumes its arguments. */
  readonly pullback: (b: B, side: S, cotangent: B) => Program<P, Pulled<P, A>>
}

/** The result of a pullback; `cotangent` is null for inputs that have none (token ids). */
export interface Pulled<out P, out A> {
  readonly input: A
  readonly cotangent: A | null
  readonly grads: P
}
