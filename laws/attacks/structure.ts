/**
 * Impostors of structure: isomorphisms that hide information, products that change both halves, sharing that omits a
 * use.
 */
import { either as E, function as F, option as O } from "fp-ts"
import fc from "fast-check"
import type { Bijection } from "../../src/core/Bijection.ts"
import { andThen } from "../../src/core/andThen.ts"
import { first } from "../../src/core/first.ts"
import { identity } from "../../src/core/identity.ts"
import { keep } from "../../src/core/keep.ts"
import { named } from "../../src/core/named.ts"
import { tied } from "../../src/core/tied.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { boundedGridNumber } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { isomorphismLaws } from "../sets/Bijection.ts"
import { liftingLaws, liftings, type Liftings } from "../sets/Lifting.ts"
import { productLaws, type Lift } from "../sets/Product.ts"
import { sharingLaws } from "../sets/Sharing.ts"
import { onGridLayer } from "../subjects/specimens.ts"

const space = numberSpace(9)
const inputs = boundedGridNumber(space.grid, 8)

// --------------------------------------------------------- isomorphisms

/** Squares; the lost sign is the side. */
export const hiddenSide = attack(
  "an isomorphism that hides information",
  isomorphismLaws({
    name: "an isomorphism that hides information",
    bijection: {
      ...identity<number>(),
      side: { ...space.bit, only: O.none },
      forward: (a) => () => E.right([Math.abs(a), a < 0 ? 1 : 0]),
      inverse: (b, s) => () => E.right(s === 1 ? -b : b),
      infer: (a) => () => E.right(Math.abs(a)),
      pullback: (b, s, db) => () => E.right({ input: s === 1 ? -b : b, cotangent: s === 1 ? -db : db, grads: {} }),
    } satisfies Bijection<{}, number, number, 0 | 1>,
    inputs,
  }),
)

// ------------------------------------------------------------- products

const part = keep(space.value)(onGridLayer(9, 0.25))

const product = (name: string, lift: Lift) =>
  productLaws({ name, bijection: part, lift, others: fc.double({ noNaN: true }), inputs })

/** Runs the part at another path, so that it draws another mask than alone. */
export const movedPart = attack(
  "a product that moves its part",
  product("a product that moves its part", <P, A, B, S, C>(f: Bijection<P, A, B, S>) => {
    const inside = named("first")(f)
    const lifted = first<C>()(inside)
    return {
      params: f.params,
      side: f.side,
      forward: (pair) => (env) => lifted.forward(pair)({ ...env, params: { first: env.params } }),
      inverse: (pair, side) => (env) => lifted.inverse(pair, side)({ ...env, params: { first: env.params } }),
      infer: (pair) => (env) => lifted.infer(pair)({ ...env, params: { first: env.params } }),
      pullback: (pair, side, cotangent) => (env) =>
        F.pipe(
          lifted.pullback(pair, side, cotangent)({ ...env, params: { first: env.params } }),
          E.map((pulled) => ({ ...pulled, grads: pulled.grads.first })),
        ),
    } satisfies Bijection<P, readonly [A, C], readonly [B, C], S>
  }),
)

/** Rounds the second half to float32. */
export const touchedHalf = attack(
  "a product that touches both halves",
  product("a product that touches both halves", <P, A, B, S, C>(f: Bijection<P, A, B, S>) => {
    const lifted = first<C>()(f)
    const rounded = (c: C): C => (typeof c === "number" ? (Math.fround(c) as C) : c) // a number for a number
    return {
      ...lifted,
      forward: ([a, c]) => lifted.forward([a, rounded(c)]),
    } satisfies typeof lifted
  }),
)

// -------------------------------------------------------------- lifting

const lifting = (name: string, wrong: Partial<Liftings>) =>
  liftingLaws({
    name,
    liftings: { ...liftings, ...wrong },
    parts: [named("f")(part), named("g")(part)],
    on: { inputs: fc.tuple(inputs, inputs) },
  })

/** Returns the cotangents of the two halves in the other order. */
export const crossedCotangents = attack(
  "a second half with the cotangent of the first",
  lifting("a second half with the cotangent of the first", {
    second: <P, A, B, S, C>(f: Bijection<P, A, B, S>) => {
      const lifted = liftings.second<P, A, B, S, C>(f)
      return {
        ...lifted,
        pullback: (pair, side, cotangent) => (env) =>
          F.pipe(
            lifted.pullback(pair, side, cotangent)(env),
            E.map((pulled) => ({
              ...pulled,
              // Halves of one kind.
              cotangent: pulled.cotangent && ([pulled.cotangent[1], pulled.cotangent[0]] as never),
            })),
          ),
      } satisfies typeof lifted
    },
  }),
)

/** Runs the second part on the result of the first. */
export const chainedHalves = attack(
  "parts side by side that see each other",
  lifting("parts side by side that see each other", {
    both: <P extends object, Q extends object, A, B, C, D, S, U>(
      f: Bijection<P, A, B, S>,
      g: Bijection<Q, C, D, U>,
    ) => {
      const beside = liftings.both(f, g)
      return {
        ...beside,
        infer:
          ([a]) =>
          (env) =>
            F.pipe(
              f.infer(a)(env),
              E.chain((b) => beside.infer([a, b as never])(env)), // halves of one kind
            ),
      } satisfies typeof beside
    },
  }),
)

/** Inverts only the isomorphism after the part, not the one before it. */
export const halfMapped = attack(
  "a dimap that maps back one end",
  lifting("a dimap that maps back one end", {
    dimap: <P, Z, A, B, C, S>(
      before: Bijection<{}, Z, A, null>,
      f: Bijection<P, A, B, S>,
      after: Bijection<{}, B, C, null>,
    ) => {
      const mapped = liftings.dimap(before, f, after)
      const behind = liftings.dimap(identity<A>(), f, after)
      return {
        ...mapped,
        inverse: (c, side) => behind.inverse(c, side) as never, // ends of one kind
      } satisfies typeof mapped
    },
  }),
)

// -------------------------------------------------------------- sharing

const use = named("w")(keep(space.value)(onGridLayer(9, 0.25)))
const twice = F.pipe(use, tied("w")(use))
const apart = F.pipe(
  named("f")(keep(space.value)(onGridLayer(9, 0.25))),
  andThen(named("g")(keep(space.value)(onGridLayer(9, 0.25)))),
)

/** Overwrites the gradient of a shared parameter at its second use. */
export const forgottenUse = attack(
  "sharing that forgets a use",
  sharingLaws({
    name: "sharing that forgets a use",
    bijection: {
      ...twice,
      pullback:
        (c, [s, u], dc) =>
        (env) =>
          F.pipe(
            use.pullback(c, u, dc)(env),
            E.chain((back) => use.pullback(back.input, s, back.cotangent ?? 0)(env)),
          ),
    },
    apart,
    split: { params: ({ w }) => ({ f: w, g: w }), input: (a) => a },
    sum: { grads: ({ f, g }) => ({ w: part.params.add(f, g) }), cotangent: (a) => a },
    inputs,
  }),
)
