/**
 * The laws of composition.
 */
import { andThen } from "../../src/core/andThen.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { look } from "../engine/evidence.ts"
import { law, type LawSet, type Sides } from "../engine/Law.ts"
import { casesOf, inTrial, rereadSide, type Case } from "../engine/Trial.ts"
import type { Tried } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** Composes `f`, then `g`; the library's composition is `leftToRight`. */
export type Compose = <P extends object, Q extends object, A, B, C, S, U>(
  f: Bijection<P, A, B, S>,
  g: Bijection<Q, B, C, U>,
) => Bijection<P & Q, A, C, readonly [S, U]>

/** Three parts with different parameter names, on values of one kind. */
export interface CategorySubject<P extends object, Q extends object, R extends object, A, S, T, U> {
  readonly name: string
  readonly compose: Compose
  readonly unit: Bijection<{}, A, A, null>
  readonly parts: readonly [Bijection<P, A, A, S>, Bijection<Q, A, A, T>, Bijection<R, A, A, U>]
  /** Inputs, and the parameters of all parts. */
  readonly on: Tried<P & Q & R, A>
}

// ------------------------------------------------------------ instances

/** The library's composition. The caller must use different names, which `andThen` checks only for known types. */
export const leftToRight: Compose = <P extends object, Q extends object, A, B, C, S, U>(
  f: Bijection<P, A, B, S>,
  g: Bijection<Q, B, C, U>,
) => andThen<Q, B, C, U>(g)<P, A, S>(f as never) // Apart is undecided for unknown P and Q

// ----------------------------------------------------------------- laws

/**
 * The side of a composition is the pair of sides in order, composition with the identity changes nothing, and
 * composition is associative up to the bracketing of the side.
 */
export const categoryLaws = <P extends object, Q extends object, R extends object, A, S, T, U>({
  name,
  compose,
  unit,
  parts: [f, g, h],
  on,
}: CategorySubject<P, Q, R, A, S, T, U>): LawSet => {
  type All = P & Q & R

  /** Everything that a composition does to an input, by a round trip through bytes, with one bracketing of the side. */
  const behavior = <V, W>(bijection: Bijection<All, A, A, V>, one: Case<A>, flat: (side: V) => W, of: Of<W>) =>
    inTrial(on, bijection.params, one, one.a, async ({ ask, reread, leaves }) => {
      const { a } = one
      const [b, side] = await ask(a, bijection.forward(a))
      const back = await ask(a, bijection.inverse(b, await rereadSide(bijection.side, side)))
      const seen = {
        output: await look(b),
        side: await of(flat(side)),
        inferred: await look(await ask(a, bijection.infer(a))),
        input: await look(back),
      }
      const pulled = await ask(a, bijection.pullback(b, side, await reread(b)))
      return {
        ...seen,
        rebuilt: await look(pulled.input),
        cotangent: await look(pulled.cotangent),
        grads: Object.fromEntries((await leaves(pulled.grads)) as Iterable<readonly [string, unknown]>), // pairs
      }
    })
  // The parameters of one part are among those of all parts.
  const widen = <Some, V>(part: Bijection<Some, A, A, V>) => part as unknown as Bijection<All, A, A, V>
  const alone = (a: Case<A>) =>
    behavior(
      widen(f),
      a,
      (s) => s,
      (s) => f.side.toBytes(s)(),
    )

  return {
    topic: "category",
    name: `${name} is a category`,
    parents: [],
    laws: [
      law("a composition pairs the side of its first part with that of its second", casesOf(on), (one) => {
        const both = compose(f, g)
        return inTrial<All, A, Sides>(on, widen(both).params, one, one.a, async ({ ask }) => {
          const [, pair] = await ask(one.a, widen(both).forward(one.a))
          const [b, s] = await ask(one.a, widen(f).forward(one.a))
          const [, t] = await ask(one.a, widen(g).forward(b))
          return {
            lhs: partsOf(await both.side.toBytes(pair)()),
            rhs: [await f.side.toBytes(s)(), await g.side.toBytes(t)()],
          }
        })
      }),

      law("identity before a part changes nothing", casesOf(on), async (a) => ({
        lhs: await behavior(
          widen(compose(unit, f)),
          a,
          ([, s]) => s,
          (s) => f.side.toBytes(s)(),
        ),
        rhs: await alone(a),
      })),

      law("identity after a part changes nothing", casesOf(on), async (a) => ({
        lhs: await behavior(
          widen(compose(f, unit)),
          a,
          ([s]) => s,
          (s) => f.side.toBytes(s)(),
        ),
        rhs: await alone(a),
      })),

      law("composition is associative, up to the bracketing of the side", casesOf(on), async (a) => {
        const bytes = async ([s, t, u]: readonly [S, T, U]) => [
          await f.side.toBytes(s)(),
          await g.side.toBytes(t)(),
          await h.side.toBytes(u)(),
        ]
        return {
          lhs: await behavior<readonly [readonly [S, T], U], readonly [S, T, U]>(
            compose(compose(f, g), h),
            a,
            ([[s, t], u]) => [s, t, u],
            bytes,
          ),
          rhs: await behavior<readonly [S, readonly [T, U]], readonly [S, T, U]>(
            compose(f, compose(g, h)) as Bijection<All, A, A, readonly [S, readonly [T, U]]>, // P & (Q & R)
            a,
            ([s, [t, u]]) => [s, t, u],
            bytes,
          ),
        }
      }),
    ],
  }
}

/** Splits composite bytes by docs/specification.md: a count of 4 bytes, then each part after its length of 4 bytes. */
const partsOf = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  for (let at = 4; at < bytes.length; at += 4 + view.getUint32(at, true))
    parts.push(bytes.slice(at + 4, at + 4 + view.getUint32(at, true)))
  return parts
}

type Of<W> = (flat: W) => Promise<unknown>
