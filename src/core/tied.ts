/**
 * Composition of two parts that share a subtree of parameters.
 */
import { function as F, option as O } from "fp-ts"
import { compose } from "./andThen.ts"
import type { ApartBut } from "./Apart.ts"
import type { Bijection } from "./Bijection.ts"
import { Params } from "./Params.ts"

/**
 * `pipe(f, tied("wte")(g))` is `pipe(f, andThen(g))` with one subtree `wte` used by both. The first part initializes
 * it. Its two gradients are added, with that of the first part on the left. All other names must differ.
 */
export const tied =
  <K extends string>(name: K) =>
  <Q extends object, B, C, U>(g: Bijection<Q, B, C, U>) =>
  <P extends object, A, S>(f: Bijection<P, A, B, S> & ApartBut<K, P, Q>): Bijection<P & Q, A, C, readonly [S, U]> => {
    const shared = name as unknown as keyof P & keyof Q & string // ApartBut has it in both
    const add = F.pipe(
      f.params.field(name),
      O.match(
        () => {
          throw new TypeError(`The first part has no parameter called ${name}.`)
        },
        (part) => part.add,
      ),
    )
    return compose<P, Q, A, B, C, S, U>(f, g, Params.both<P, Q>(f.params, g.params, shared), (p, q) => ({
      ...p,
      ...q,
      [name]: add(p[shared], q[shared]),
    }))
  }
