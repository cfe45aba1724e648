/**
 * BDIA: blocks that are reversible bit by bit, from any residual function.
 *
 * Zhang, Lewis, Kleijn, "On Exact Bit-level Reversible Transformers Without Changing Architectures" (ICML 2025). With
 * the grid step u = 2^-l, s_k the parity of x_{k-1}, and gamma = g = +-1/2 drawn for each sample and block:
 *
 *     x_1     = x_0 + Q(h_0(x_0))
 *     x_{k+1} = g (x_{k-1} + s_k u) + Q((1-g) x_k + (1+g) h_k(x_k))
 *     x_{k-1} = (x_{k+1} - Q((1-g) x_k + (1+g) h_k(x_k))) / g - s_k u
 *     infer:    x_{k+1} = Q(x_k + h_k(x_k))
 *
 * Laws: those of `Bijection`; each block evaluates h once in the forward pass and once in the backward pass; gradients
 * have the same bits as those of the same chain under `Plan.taped`.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { chain } from "../core/chain.ts"
import { Env } from "../core/Env.ts"
import { heldSide, type Held } from "../core/Held.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import { gammas } from "../exact/draws.ts"
import { inContext } from "./context.ts"
import {
  afterContext,
  alone,
  checkingOutput,
  evaluateResidual,
  expectInRange,
  inputSide,
  observeRebuilt,
  leave,
  nothingToPull,
  recordResidual,
  residualDraw,
} from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { start, type StartSide } from "./start.ts"
import type { Tape, Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The side of a chain: none for block 0, and per other block one plane of parities, or what the plan keeps. */
export type BdiaSide<P, X, Bit> = readonly [StartSide<P, X>, ReadonlyArray<Held<Bit, Two<X>, Tape<P, X>>>]

// --------------------------------------------------------- constructors

/** Block k >= 1 maps (x_{k-1}, x_k) to (x_k, x_{k+1}). */
const step = <P, X, Bit>({
  space,
  layer,
}: Residual<P, X, Bit>): Bijection<P, Two<X>, Two<X>, BdiaSide<P, X, Bit>[1][number]> => {
  const { cotangents, plus, quantize, restore, times, update } = space
  const side: Side<BdiaSide<P, X, Bit>[1][number]> = heldSide(space.bit, inputSide(Side.pair(space.value, space.value)))
  return {
    params: layer.params,
    side,
    forward: ([previous, x]) =>
      attemptForward(side, (env: Env<P>) => {
        const { own } = env.scope
        const { h, tape } = evaluateResidual(layer, env, x)
        const [next, s] = update(gammaOf(env), previous, x, h)
        env.scope.release(h)
        expectInRange(space, env, next)
        const input = () => [own(previous), own(x)] as const
        return [[own(x), next] as const, leave(env, s, input, tape)]
      }),
    inverse: ([x, next], held) =>
      attempt((env) => {
        if (held._tag !== "reversed") return env.scope.own(held.input)
        const h = layer.apply(env.params, x, residualDraw(env))
        const previous = restore(gammaOf(env), x, next, h, held.side)
        observeRebuilt(env, previous)
        return [previous, env.scope.own(x)]
      }),
    infer: ([, x]) =>
      attempt((env) => {
        const next = quantize(plus(x, layer.apply(env.params, x, O.none)))
        expectInRange(space, env, next)
        return [env.scope.own(x), next]
      }),
    pullback: ([last, next], held, [dx, dn]) =>
      attempt((env) => {
        const { own } = env.scope
        const g = gammaOf(env)
        const x = held._tag === "reversed" ? last : held.input[1]
        if (held._tag !== "reversed") env.scope.release([last, next])
        const { value, pull } = recordResidual(layer, env, x, held)
        const input =
          held._tag === "reversed" ? ([restore(g, x, next, value, held.side), own(x)] as const) : own(held.input)
        if (held._tag === "reversed") observeRebuilt(env, input[0])
        env.scope.release(next)
        const { cotangent, grads } = pull(
          times(
            g.map((gamma) => 1 + gamma),
            dn,
          ),
        )
        const jx = cotangent ?? nothingToPull(env)
        env.scope.release(value)
        const back = cotangents(g, dx, dn, jx)
        env.scope.release([x, held, dx, dn])
        return { input, cotangent: back, grads }
      }),
  }
}

/** The side of the last block of a chain. */
const lastOf = <P, X, Bit>([first, rest]: BdiaSide<P, X, Bit>) => rest.at(-1) ?? first

/**
 * Makes the whole chain of `depth` blocks, x_0 to (x_{K-1}, x_K). Parameters are an array of length K; the paths 0 to
 * K - 1 are the paper's k. The input must be on the residual's grid: round it with `h.space.quantize`.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` if rebuilt activations differ
 * from the original ones. Throws `RangeError` for a depth below 1.
 */
const fromResidual = <P, X, Bit>(
  h: Residual<P, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, BdiaSide<P, X, Bit>> =>
  checkingOutput(h.space, alone<X>, lastOf<P, X, Bit>)(chain(start(h), step(h), depth))

/** `fromResidual` for a residual that reads a context C. The context passes through; its cotangents are summed. */
const fromContextResidual = <P, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], BdiaSide<readonly [P, C], X, Bit>> =>
  checkingOutput(
    h.space,
    afterContext<C, X>,
    lastOf<readonly [P, C], X, Bit>,
  )(chain(inContext(h, start), inContext(h, step), depth))

const gammaOf = (env: Env<unknown>) => gammas(Env.draw(env, "gamma"))

/** Makes exact reversible chains from any residual, with or without a context: Zhang, Lewis, Kleijn (ICML 2025). */
export const Bdia = { fromResidual, fromContextResidual }
