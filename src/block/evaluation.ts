/**
 * How blocks evaluate their residual under a plan, and what they claim about activations.
 */
import { either as E, function as F, option as O, taskEither as TE } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { Env } from "../core/Env.ts"
import { NotDifferentiable } from "../core/errors/NotDifferentiable.ts"
import type { Held } from "../core/Held.ts"
import type { Layer } from "../core/Layer.ts"
import { attempt } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import type { Space } from "../exact/Space.ts"
import type { Tape, Two } from "./State.ts"

// ------------------------------------------------------------ evaluation

/** The draws of the residual at this path, or none if its expectation is needed. */
export const residualDraw = (env: Env<unknown>) =>
  env.draws === "sampled" ? O.some(Env.draw(env, "residual")) : O.none

/** Evaluates the residual in the forward pass, and records a tape if the plan says so. */
export const evaluateResidual = <P, X>(
  layer: Layer<P, X, X>,
  env: Env<P>,
  x: X,
): { readonly h: X; readonly tape: Tape<P, X> | null } => {
  if (Env.choice(env) !== "tape") return { h: layer.apply(env.params, x, residualDraw(env)), tape: null }
  const tape = layer.vjp(env.params, x, residualDraw(env))
  return { h: tape.value, tape }
}

/** The residual's value and pullback in the backward pass: from the tape, or by one evaluation. */
export const recordResidual = <P, X, S, A>(
  layer: Layer<P, X, X>,
  env: Env<P>,
  x: X,
  held: Held<S, A, Tape<P, X>>,
): Tape<P, X> => (held._tag === "taped" ? held.tape : layer.vjp(env.params, x, residualDraw(env)))

/** The side that the plan chooses. */
export const leave = <S, A, T>(env: Env<unknown>, side: S, input: () => A, tape: T | null): Held<S, A, T> => {
  if (tape !== null) return { _tag: "taped", input: input(), tape }
  return Env.choice(env) === "keep" ? { _tag: "kept", input: input() } : { _tag: "reversed", side }
}

/**
 * The codec of an input that a block keeps: the second part of a pair whose first part is empty
 * (docs/specification.md).
 */
export const inputSide = <A>(input: Side<A>): Side<A> => {
  const pair = Side.pair(Side.nothing, input)
  return {
    ...input,
    toBytes: (a) => pair.toBytes([null, a]),
    fromBytes: (bytes) =>
      F.pipe(
        pair.fromBytes(bytes),
        TE.map(([, a]) => a),
      ),
  }
}

/** Throws `NotDifferentiable` for a residual without a cotangent. */
export const nothingToPull = (env: Env<unknown>): never => {
  throw new NotDifferentiable({ path: env.path, what: "The residual" })
}

// ---------------------------------------------------------------- claims

/** The final state of a chain without a context. */
export const alone = <X>(state: Two<X>): Two<X> => state

/** The final state of a chain with a context. */
export const afterContext = <C, X>([, state]: readonly [C, Two<X>]): Two<X> => state

/** Claims that an activation is below the limit of the grid. */
export const expectInRange = <X, Bit>(space: Space<X, Bit>, env: Env<unknown>, x: X): void =>
  env.watch.expect({ _tag: "InRange", place: Env.place(env), x, fractionBits: space.grid.fractionBits })

/** Claims the same of a rebuilt activation: errors grow in the backward pass, and two infinities are equal. */
export const expectInRangeAgain = <X, Bit>(space: Space<X, Bit>, env: Env<unknown>, x: X): void =>
  env.watch.expect({ _tag: "InRange", place: Env.place(env), x, fractionBits: space.grid.fractionBits, rebuilt: true })

/** Claims that an input is on the grid and below its limit. */
export const expectOnGrid = <X, Bit>(space: Space<X, Bit>, env: Env<unknown>, x: X): void => {
  expectInRange(space, env, x)
  const { fractionBits } = space.grid
  env.watch.expect({ _tag: "OnGrid", place: Env.place(env), x, rounded: space.quantize(x), fractionBits })
}

/** Shows a rebuilt activation to the observer, if there is one. */
export const observeRebuilt = (env: Env<unknown>, x: unknown): void =>
  env.watch.observe?.({ _tag: "Rebuilt", place: Env.place(env), x })

/**
 * A chain whose pullback first claims that its output is on the grid, if its last block is reversed. An error on the
 * grid is at least one step, which no subtraction in the backward pass can round away.
 */
export const checkingOutput =
  <X, Bit, B, S>(
    { quantize }: Space<X, Bit>,
    stateOf: (b: B) => Two<X>,
    last: (side: S) => Held<unknown, unknown, unknown> | undefined,
  ) =>
  <P, A>(f: Bijection<P, A, B, S>): Bijection<P, A, B, S> => ({
    ...f,
    pullback: (b, side, cotangent) => (env) =>
      F.pipe(
        attempt<P, void>((given) => {
          if (last(side)?._tag !== "reversed") return
          const place = Env.place(given)
          for (const x of stateOf(b)) given.watch.expect({ _tag: "Same", place, rebuilt: quantize(x), recorded: x })
        })(env),
        E.chain(() => f.pullback(b, side, cotangent)(env)),
      ),
  })
