/**
 * The laws of lifting: `second`, `both` and `dimap` agree with composition.
 */
import { andThen } from "../../src/core/andThen.ts"
import { both } from "../../src/core/both.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { dimap } from "../../src/core/dimap.ts"
import { first } from "../../src/core/first.ts"
import { swap } from "../../src/core/rearrange.ts"
import { second } from "../../src/core/second.ts"
import { leftToRight } from "./Category.ts"
import { look } from "../engine/evidence.ts"
import { law, type LawSet, type Sides } from "../engine/Law.ts"
import type { Tried } from "../engine/Subject.ts"
import { casesOf, inTrial, rereadSide, type Case } from "../engine/Trial.ts"

// ---------------------------------------------------------------- model

/** The three liftings; those of the library are `liftings`. */
export interface Liftings {
  /** Puts a part on the second half of a pair. */
  readonly second: <P, A, B, S, C>(f: Bijection<P, A, B, S>) => Bijection<P, readonly [C, A], readonly [C, B], S>
  /** Puts one part on each half of a pair. */
  readonly both: <P extends object, Q extends object, A, B, C, D, S, U>(
    f: Bijection<P, A, B, S>,
    g: Bijection<Q, C, D, U>,
  ) => Bijection<P & Q, readonly [A, C], readonly [B, D], readonly [S, U]>
  /** Puts a part between two isomorphisms. */
  readonly dimap: <P, Z, A, B, C, S>(
    before: Bijection<{}, Z, A, null>,
    f: Bijection<P, A, B, S>,
    after: Bijection<{}, B, C, null>,
  ) => Bijection<P, Z, C, S>
}

/** Two parts with different parameter names, on values of one kind. */
export interface LiftingSubject<P extends object, Q extends object, A, S, T> {
  readonly name: string
  readonly liftings: Liftings
  readonly parts: readonly [Bijection<P, A, A, S>, Bijection<Q, A, A, T>]
  /** Pairs of inputs, and the parameters of both parts. */
  readonly on: Tried<P & Q, readonly [A, A]>
}

// ------------------------------------------------------------ instances

/** The library's liftings. The caller must use different names, which `both` checks only for known types. */
export const liftings: Liftings = {
  second: <P, A, B, S, C>(f: Bijection<P, A, B, S>) => second<C>()(f),
  both: (f, g) => both(g)(f as never), // Apart is undecided for unknown P and Q
  dimap: (before, f, after) => dimap(before, after)(f),
}

// ----------------------------------------------------------------- laws

/**
 * `second` is `first` between swaps, `both` is one part after the other, and `dimap` is a composition of three parts.
 */
export const liftingLaws = <P extends object, Q extends object, A, S, T>(
  subject: LiftingSubject<P, Q, A, S, T>,
): LawSet => {
  const { name, parts, on } = subject
  const [f, g] = parts
  type Pair = readonly [A, A]
  type All = P & Q

  /** Everything that a bijection does to a pair, by a round trip through bytes, with the evidence for its side. */
  const behavior = <R, V>(part: Bijection<R, Pair, Pair, V>, one: Case<Pair>, bytes: (side: V) => Promise<unknown>) => {
    // The parameters of one part are among those of both.
    const bijection = part as unknown as Bijection<All, Pair, Pair, V>
    return inTrial(on, bijection.params, one, one.a, async ({ ask, cotangent, leaves, reread }) => {
      const { a } = one
      const [b, side] = await ask(a, bijection.forward(a))
      const seen = {
        output: await look(b),
        side: await bytes(side),
        inferred: await look(await ask(a, bijection.infer(a))),
        input: await look(await ask(a, bijection.inverse(await reread(b), await rereadSide(bijection.side, side)))),
      }
      const pulled = await ask(a, bijection.pullback(b, side, await cotangent(b, one.seed)))
      return {
        ...seen,
        rebuilt: await look(pulled.input),
        cotangent: await look(pulled.cotangent),
        grads: await leaves(pulled.grads),
      }
    })
  }
  const same = (title: string, sides: (one: Case<Pair>) => Promise<Sides>) => law(title, casesOf(on), sides)
  const left = first<A>()(f)
  const right = leftToRight(leftToRight(swap<A, A>(), first<A>()(g)), swap<A, A>())

  return {
    topic: "lifting",
    name: `${name} are liftings`,
    parents: [],
    laws: [
      same("second is first between two swaps", async (one) => ({
        lhs: await behavior(subject.liftings.second<Q, A, A, T, A>(g), one, (u) => g.side.toBytes(u)()),
        rhs: await behavior(right, one, ([[, u]]) => g.side.toBytes(u)()),
      })),

      same("both is one part after the other", async (one) => {
        const beside = subject.liftings.both(f, g)
        const inARow = andThen(second<A>()(g))<P, Pair, S>(left as never) // Apart is not decided for unknown P and Q
        return {
          lhs: await behavior(beside, one, (side) => beside.side.toBytes(side)()),
          rhs: await behavior(inARow, one, (side) => inARow.side.toBytes(side)()),
        }
      }),

      same("dimap is the composition of its three parts", async (one) => ({
        lhs: await behavior(subject.liftings.dimap(swap<A, A>(), left, swap<A, A>()), one, (s) => f.side.toBytes(s)()),
        rhs: await behavior(leftToRight(leftToRight(swap<A, A>(), left), swap<A, A>()), one, ([[, s]]) =>
          f.side.toBytes(s)(),
        ),
      })),
    ],
  }
}
