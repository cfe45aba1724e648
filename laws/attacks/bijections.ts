/**
 * Impostors of bijections and compositions: swapped sides, unexpected keys, plans that change bits, leaks.
 */
import { either as E, function as F, option as O, taskEither as TE } from "fp-ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Env } from "../../src/core/Env.ts"
import { keep } from "../../src/core/keep.ts"
import { named } from "../../src/core/named.ts"
import { identity } from "../../src/core/identity.ts"
import { Params } from "../../src/core/Params.ts"
import { attempt } from "../../src/core/Program.ts"
import { Side } from "../../src/core/Side.ts"
import { hostEnv } from "../../src/exact/hostWatch.ts"
import { float32Space } from "../../src/exact/float32Space.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { boundedGridNumber, float32Array, moderate } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { bijectionLaws } from "../sets/Bijection.ts"
import { categoryLaws, leftToRight, type Compose } from "../sets/Category.ts"
import { gradientLaws } from "../sets/Gradient.ts"
import { holdings, type Handle } from "../engine/Handle.ts"
import { consumptionLaws, ownershipLaws } from "../sets/Ownership.ts"
import { numberLayer, onGridLayer, type NumberWeights } from "../subjects/specimens.ts"
import type { Subject } from "../engine/Subject.ts"
import { numberChainSubject } from "../subjects/subjects.ts"

const space = numberSpace(9)
const floats = float32Space(9)

const onNumbers = {
  inputs: boundedGridNumber(space.grid, 8),
}

const dropsInInference = () => {
  const layer = numberLayer(0.5)
  const f = keep(space.value)(layer)
  return {
    ...f,
    infer: (a) => attempt((env) => layer.apply(env.params, a, O.some(Env.draw(env, "layer")))),
  } satisfies typeof f
}

/** Dropout that stays on at inference. */
export const dropoutAtInference = attack(
  "dropout at inference",
  bijectionLaws({
    ...onNumbers,
    name: "dropout at inference",
    bijection: dropsInInference(),
    params: { w: 1, v: 0.5, b: 0.3 },
  }),
)

const chain = numberChainSubject("a chain", { depth: 3 })

/** Treats every parity as 0 in the backward pass. */
export const forgottenParity = attack(
  "a pullback without parities",
  gradientLaws({
    ...chain,
    name: "a pullback without parities",
    env: (run) => ({ ...hostEnv(run), watch: { expect: () => {}, settle: async () => E.right(undefined) } }),
    bijection: {
      ...chain.bijection,
      pullback: (b, [start, rest], db) =>
        chain.bijection.pullback(
          b,
          [start, rest.map((held) => (held._tag === "reversed" ? { ...held, side: 0 } : held))],
          db,
        ),
    },
  }),
)

/** Keeps its input in half precision. */
export const halfPrecisionKeep = attack(
  "a kept input in half precision",
  gradientLaws({
    ...chain,
    name: "a kept input in half precision",
    bijection: {
      ...chain.bijection,
      forward: (a) => (env) =>
        F.pipe(
          chain.bijection.forward(a)(env),
          E.map(([b, [start, rest]]) => [
            b,
            [
              start,
              rest.map((held) => {
                if (held._tag !== "kept") return held
                const [previous, x] = held.input
                const [p, q] = [previous, x].map((value) => Math.round(value * 4) / 4 + 0) as [number, number]
                return { ...held, input: [p, q] as const }
              }),
            ],
          ]),
        ),
    },
  }),
)

/** Rounds gradients unless they are taped. */
export const roundedGradients = attack(
  "gradients rounded when reversed",
  gradientLaws({
    ...chain,
    name: "gradients rounded when reversed",
    bijection: {
      ...chain.bijection,
      pullback: (b, side, db) => (env) =>
        F.pipe(
          chain.bijection.pullback(b, side, db)(env),
          E.map((pulled) =>
            side[0]._tag === "taped"
              ? pulled
              : {
                  ...pulled,
                  grads: pulled.grads.map(({ w, v, b: bias }) => ({ w: Math.fround(w * 0.7), v, b: bias })),
                },
          ),
        ),
    },
  }),
)

const doubled: Bijection<{}, Float32Array, Float32Array, null> = {
  params: Params.none,
  side: Side.nothing,
  forward: (a) => () => E.right([a.map((_, i) => (a[i] = 2 * (a[i] ?? 0))), null]),
  inverse: (b) => () => E.right(b.map((_, i) => (b[i] = (b[i] ?? 0) / 2))),
  infer: (a) => () => E.right(a.map((x) => 2 * x)),
  pullback: (b, _side, db) => () => E.right({ input: b.map((x) => x / 2), cotangent: db.map((x) => 2 * x), grads: {} }),
}

/** Multiplies its argument by 2 in place, although it only borrows it. */
export const overwritten = attack(
  "an overwritten argument",
  bijectionLaws({
    name: "an overwritten argument",
    bijection: doubled,
    params: {},
    inputs: float32Array(4, boundedGridNumber(floats.grid, 8)),
  }),
)

// ---------------------------------------------------------- composition

const part = <K extends string>(name: K) => named(name)(keep(space.value)(onGridLayer(9, 0.25)))

const weights: NumberWeights = { w: 2, v: 0.5, b: 0.25 }

/** The subject of composition, with another composition or another unit. */
const category = (name: string, wrong: { compose?: Compose; unit?: Bijection<{}, number, number, null> } = {}) => {
  const subject = {
    name,
    compose: leftToRight,
    unit: identity<number>(),
    parts: [part("f"), part("g"), part("h")] as const,
    on: { ...onNumbers, params: { f: weights, g: { ...weights, v: 1 }, h: { ...weights, b: -1 } } },
    ...wrong,
  }
  return categoryLaws(subject)
}

const two = leftToRight(part("f"), part("g"))

/** A composition that pairs the sides in the wrong order. */
export const swappedSides = attack(
  "swapped sides",
  bijectionLaws({
    ...onNumbers,
    name: "swapped sides",
    params: { f: weights, g: { ...weights, v: 1 } },
    bijection: {
      ...two,
      forward: (a) => (env) =>
        F.pipe(
          two.forward(a)(env),
          E.map(([c, [s, u]]) => {
            const wrong: readonly [typeof s, typeof u] = [
              { ...s, input: u.input },
              { ...u, input: s.input },
            ]
            return [c, wrong]
          }),
        ),
    },
  }),
)

const below =
  (place: string) =>
  <P, A, B, S>(f: Bijection<P, A, B, S>): Bijection<P, A, B, S> => {
    const inside = (env: Env<P>) => Env.child(env, place, env.params)
    return {
      ...f,
      forward: (a) => (env) => f.forward(a)(inside(env)),
      inverse: (b, s) => (env) => f.inverse(b, s)(inside(env)),
      pullback: (b, s, db) => (env) => f.pullback(b, s, db)(inside(env)),
    }
  }

/** A composition that consistently uses the other order of sides. */
export const reversedOrder = attack(
  "sides in the other order",
  category("sides in the other order", {
    compose: (f, g) => {
      const both = leftToRight(f, g)
      const { toBytes, fromBytes } = Side.pair(g.side, f.side)
      return {
        ...both,
        side: {
          ...both.side,
          toBytes: ([s, u]) => toBytes([u, s]),
          fromBytes: (bytes) =>
            F.pipe(
              fromBytes(bytes),
              TE.map(([u, s]) => [s, u] as const),
            ),
        },
      }
    },
  }),
)

/** A composition whose keys depend on the position of its parts, so that bracketing changes the draws. */
export const keysByPlace = attack(
  "keys by position",
  category("keys by position", { compose: (f, g) => leftToRight(below("left")(f), below("right")(g)) }),
)

/** A unit that rounds to integers. */
export const roundingUnit = attack(
  "a unit that rounds",
  category("a unit that rounds", {
    unit: {
      ...identity<number>(),
      forward: (a) => () => E.right([Math.round(a) + 0, null]),
      infer: (a) => () => E.right(Math.round(a) + 0),
    },
  }),
)

// ------------------------------------------------------------ ownership

const owned = holdings()

/** Makes an attack on the laws of ownership, on numbers with owners. */
const disowned = (name: string, bijection: Bijection<{}, Handle, Handle, null>) => {
  const subject: Subject<{}, Handle, Handle, null> = {
    name,
    bijection,
    params: {},
    inputs: moderate.map((x) => owned.make(space.quantize(x))),
    kind: owned.kind,
    env: (run) => ({ ...owned.kind.env(run), scope: { ...owned.scope, within: (body) => body() } }),
  }
  return attack(name, ownershipLaws(subject), consumptionLaws(subject))
}

const leaking: Bijection<{}, Handle, Handle, null> = {
  ...identity<Handle>(),
  forward: (a) => (env) => {
    forgotten.push(owned.make(0))
    return E.right([env.scope.own(a), null])
  },
  pullback: (b, _side, db) => (env) => E.right({ input: env.scope.own(b), cotangent: env.scope.own(db), grads: {} }),
}

const forgotten: Handle[] = []

/** A buffer that outlives every scope, and a pullback that does not consume (tfjs #5980). */
export const leak = disowned("a leak", leaking)

/** Returns the handle that it only borrows, so that freeing the output frees the input. */
export const borrowedOutput = disowned("a borrowed output", {
  ...identity<Handle>(),
  forward: (a) => () => E.right([a, null]),
  inverse: (b) => () => E.right(b),
  infer: (a) => () => E.right(a),
})

/** Frees the input that it only borrows. */
export const disposedInput = attack(
  "a disposed input",
  bijectionLaws({
    name: "a disposed input",
    bijection: {
      ...identity<Handle>(),
      forward: (a) => (env) => {
        const b = owned.make(owned.read(a))
        env.scope.release(a)
        return E.right([b, null])
      },
    },
    params: {},
    inputs: moderate.map((x) => owned.make(space.quantize(x))),
    kind: owned.kind,
  }),
)
