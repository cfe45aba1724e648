/**
 * Steps that scale one of two activations by a fraction; their information buffer is part of the state.
 */
import { compose } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { dimap } from "../core/dimap.ts"
import { Env } from "../core/Env.ts"
import { Irreversible } from "../core/errors/Irreversible.ts"
import { first } from "../core/first.ts"
import { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { rearrange } from "../core/rearrange.ts"
import { Side } from "../core/Side.ts"
import { InformationBuffer, type Ratio } from "../exact/InformationBuffer.ts"
import type { Space } from "../exact/Space.ts"
import type { Residual } from "./Residual.ts"
import { constant } from "./scaling.ts"
import { shear, type Addition, type ShearSide } from "./shear.ts"
import type { Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The buffer next to the state; null at inference, and null as its cotangent. */
export type Carried<X> = InformationBuffer<X> | null

/** A state of two activations and its buffer. */
export type Buffered<X> = readonly [Two<X>, Carried<X>]

/** How an activation is scaled: by n/d, then by a sign per sample. */
export interface Scaling<X> {
  readonly ratio: Ratio
  readonly signs: (env: Env<unknown>) => ReadonlyArray<number>
  /** The expectation. */
  readonly infer: (env: Env<unknown>, x: X) => X
}

// --------------------------------------------------------- constructors

/** Adds an empty buffer to a state. The inverse claims that the buffer is empty again. */
export const withBuffer = <X, Bit>(space: Space<X, Bit>): Bijection<{}, Two<X>, Buffered<X>, null> => ({
  params: Params.none,
  side: Side.nothing,
  forward: ([x, y]) =>
    attemptForward(Side.nothing, (env) => {
      const { own } = env.scope
      return [[[own(x), own(y)], InformationBuffer.empty(space, x)] as const, null]
    }),
  inverse: ([state, buffer]) =>
    attempt((env) => {
      expectEmpty(space, env, buffer)
      return env.scope.own(state)
    }),
  infer: (state) => attempt((env) => [env.scope.own(state), null]),
  pullback: ([state, buffer], _side, [dState, dBuffer]) =>
    attempt((env) => {
      expectEmpty(space, env, buffer)
      env.scope.release([buffer, dBuffer])
      return { input: state, cotangent: dState, grads: {} }
    }),
})

/** Removes the buffer from a state: the buffer becomes the side. */
export const withoutBuffer = <X, Bit>(
  space: Space<X, Bit>,
  ratio: Ratio,
): Bijection<{}, Buffered<X>, Two<X>, InformationBuffer<X>> => {
  const side = InformationBuffer.side(ratio, space.value)
  return {
    params: Params.none,
    side,
    forward: ([state, buffer]) => attemptForward(side, (env) => [env.scope.own(state), env.scope.own(present(buffer))]),
    inverse: (state, buffer) => attempt((env) => env.scope.own([state, buffer] as const)),
    infer: ([state]) => attempt((env) => env.scope.own(state)),
    pullback: (state, buffer, dState) =>
      attempt(() => ({ input: [state, buffer] as const, cotangent: [dState, null] as const, grads: {} })),
  }
}

/** Scales the first activation of a state and adds a function of the second. */
export const bufferedStep = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  scaling: Scaling<X>,
  addition: Addition<X>,
): Bijection<P, Buffered<X>, Buffered<X>, readonly [spilled: X | null, shear: ShearSide<P, X>]> => {
  type Open = readonly [readonly [X, Carried<X>], X]
  const open = rearrange<Buffered<X>, Open>(
    ([[x, y], buffer]) => [[x, buffer], y],
    ([[x, buffer], y]) => [[x, y], buffer],
  )
  const close = rearrange<Open, Buffered<X>>(
    ([[x, buffer], y]) => [[x, y], buffer],
    ([[x, y], buffer]) => [[x, buffer], y],
  )
  const scaled = dimap(open, close)(first<X>()(scaledBy(h.space, scaling)))
  const added = first<Carried<X>>()(shear(h, addition))
  return compose(scaled, added, h.layer.params, (_, p) => p)
}

/** Maps x to +-x n/d. The buffer stores what is lost, and becomes side information when it is full. */
const scaledBy = <X, Bit>(
  space: Space<X, Bit>,
  { ratio, signs, infer }: Scaling<X>,
): Bijection<{}, readonly [X, Carried<X>], readonly [X, Carried<X>], X | null> => {
  const scale = InformationBuffer.scale(space, ratio)
  const unscale = InformationBuffer.unscale(space, ratio)
  const { minus, times } = space
  const back = (env: Env<unknown>, y: X, buffer: InformationBuffer<X>, spilled: X | null) => {
    const before = unscale(env.samples.length, times(signs(env), y), buffer, spilled)
    // After a spill, a new buffer begins.
    if (before.rest !== null) expectZero(env, before.rest, minus(before.rest, before.rest))
    return [before.x, before.buffer] as const
  }
  const side = InformationBuffer.spill(ratio, space.value)
  return {
    params: Params.none,
    side,
    forward: ([x, buffer]) =>
      attemptForward(side, (env) => {
        const after = scale(env.samples.length, x, present(buffer))
        return [[times(signs(env), after.x), after.buffer] as const, env.scope.own(after.spilled)]
      }),
    inverse: ([y, buffer], spilled) => attempt((env) => back(env, y, present(buffer), env.scope.own(spilled))),
    infer: ([x]) => attempt((env) => [infer(env, x), null]),
    pullback: ([y, buffer], spilled, [dy]) =>
      attempt((env) => {
        const input = back(env, y, present(buffer), env.scope.own(spilled))
        const size = ratio.n / ratio.d
        const cotangent = [
          times(
            signs(env).map((sign) => sign * size),
            dy,
          ),
          null,
        ] as const
        env.scope.release([y, buffer, spilled, dy])
        return { input, cotangent, grads: {} }
      }),
  }
}

/** +1 for each sample. */
export const positive = (env: Env<unknown>): ReadonlyArray<number> => constant(env, 1)

/** Claims that a rebuilt value is 0, as it was at the start of the chain. */
export const expectZero = (env: Env<unknown>, x: unknown, zero: unknown): void =>
  env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: x, recorded: zero })

const expectEmpty = <X, Bit>({ minus }: Space<X, Bit>, env: Env<unknown>, buffer: Carried<X>): void => {
  const { digits, steps } = present(buffer)
  if (steps !== 0) throw new Irreversible(Env.place(env))
  expectZero(env, digits, minus(digits, digits))
}

const present = <X>(buffer: Carried<X>): InformationBuffer<X> => {
  if (buffer === null) throw new TypeError("A state without its buffer cannot be inverted. Pass what forward returned.")
  return buffer
}
