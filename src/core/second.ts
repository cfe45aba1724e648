/**
 * A bijection on the second half of a pair.
 */
import type { Bijection } from "./Bijection.ts"
import { dimap } from "./dimap.ts"
import { first } from "./first.ts"
import { swap } from "./rearrange.ts"

/** `second<C>()(f)` passes a `C` through and runs `f`: it is `first` between two swaps. */
export const second =
  <C>() =>
  <P, A, B, S>(f: Bijection<P, A, B, S>): Bijection<P, readonly [C, A], readonly [C, B], S> =>
    dimap(swap<C, A>(), swap<B, C>())(first<C>()(f))
