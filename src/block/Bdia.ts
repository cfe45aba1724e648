/**
 * BDIA: exact bit-level reversible blocks from any residual function.
 *
 * Zhang, Lewis, Kleijn, "On Exact Bit-level Reversible Transformers Without Changing Architectures" (ICML 2025). With
 * the grid step u = 2^-l, s_k the parity of x_{k-1} and gamma = g = +-1/2 drawn for every sample and block:
 *
 *     x_1     = x_0 + Q(h_0(x_0))
 *     x_{k+1} = g (x_{k-1} + s_k u) + Q((1-g) x_k + (1+g) h_k(x_k))
 *     x_{k-1} = (x_{k+1} - Q((1-g) x_k + (1+g) h_k(x_k))) / g - s_k u
 *     infer:    x_{k+1} = Q(x_k + h_k(x_k))
 *
 * Laws: those of `Bijection`; one evaluation of h a block forwards and one backwards; gradients are bit for bit those of
 * the same chain under `Plan.taped`.
 */
import { either as E, function as F, option as O } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { chain } from "../core/chain.ts"
import { Env } from "../core/Env.ts"
import { NotDifferentiable } from "../core/errors/NotDifferentiable.ts"
import { heldSide, type Held } from "../core/Held.ts"
import type { Layer, Recorded } from "../core/Layer.ts"
import { attempt, type Program } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import { gammas } from "../exact/draws.ts"
import type { Space } from "../exact/Space.ts"
import type { ContextResidual, Residual } from "./Residual.ts"

// ---------------------------------------------------------------- model

/** The state of a two-step chain: x_{k-1} and x_k. */
export type Two<X> = readonly [previous: X, current: X]

/** What a block keeps under `tape`: the residual's value and the way back through it. */
export type Tape<P, C, X> = Recorded<P, readonly [C, X], X>

/** What a chain of K blocks leaves: nothing for block 0 and one plane of parities for each of the K - 1 others, as planned. */
export type BdiaSide<P, C, X, Bit> = readonly [
  Held<null, readonly [C, X], Tape<P, C, X>>,
  ReadonlyArray<Held<Bit, readonly [C, Two<X>], Tape<P, C, X>>>,
]

// --------------------------------------------------------- constructors

/** Block 0, which has no x_{-1}: x_1 = x_0 + Q(h_0(x_0)), in training and at inference. */
const start = <P, C, X, Bit>({
  space,
  context,
  layer,
}: ContextResidual<P, C, X, Bit>): Bijection<P, readonly [C, X], readonly [C, Two<X>], BdiaSide<P, C, X, Bit>[0]> => {
  const advance = (x: X, h: X): X => space.plus(x, space.quantize(h))
  return {
    params: layer.params,
    side: heldSide(Side.nothing, Side.pair(context.side, space.value)),
    forward: ([c, x]) =>
      attempt((env) => {
        const { own } = env.scope
        expectOnGrid(space, env, x)
        const { h, tape } = evaluate(layer, env, [c, x])
        const next = advance(x, h)
        env.scope.release(h)
        expectInRange(space, env, next)
        return [[own(c), [own(x), next]], leave(env, null, () => [own(c), own(x)] as const, tape)] as const
      }),
    inverse: ([c, [x]]) => attempt((env) => [env.scope.own(c), env.scope.own(x)]),
    infer: ([c, x]) =>
      attempt((env) => {
        expectOnGrid(space, env, x)
        const next = advance(x, layer.apply(env.params, [c, x], O.none))
        expectInRange(space, env, next)
        return [env.scope.own(c), [env.scope.own(x), next]]
      }),
    pullback: ([c, [last, next]], held, [dc, [dx, dn]]) =>
      attempt((env) => {
        const { own } = env.scope
        // What was kept is another handle, or, behind a block that rebuilt it, another buffer than what came back.
        const x = held._tag === "reversed" ? last : held.input[1]
        if (held._tag !== "reversed") env.scope.release([last, next])
        const { value, pull } = held._tag === "taped" ? held.tape : layer.vjp(env.params, [c, x], residualDraw(env))
        if (held._tag === "reversed") {
          env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: advance(x, value), recorded: next })
          // Faults double on the way back, and infinities equal each other.
          const { fractionBits } = space.grid
          env.watch.expect({ _tag: "InRange", place: Env.place(env), x, fractionBits, rebuilt: true })
        }
        const { cotangent, grads } = pull(dn)
        const [jc, jx] = cotangent ?? nothingToPull(env)
        const input = [own(c), own(x)] as const
        const back = [context.add(dc, jc), space.plus(space.plus(dx, dn), jx)] as const
        env.scope.release([c, x, next, held, dc, dx, dn, value])
        return { input, cotangent: back, grads }
      }),
  }
}

/** Block k >= 1: (x_{k-1}, x_k) to (x_k, x_{k+1}). */
const step = <P, C, X, Bit>({
  space,
  context,
  layer,
}: ContextResidual<P, C, X, Bit>): Bijection<
  P,
  readonly [C, Two<X>],
  readonly [C, Two<X>],
  BdiaSide<P, C, X, Bit>[1][number]
> => {
  const { cotangents, plus, quantize, restore, times, update } = space
  return {
    params: layer.params,
    side: heldSide(space.bit, Side.pair(context.side, Side.pair(space.value, space.value))),
    forward: ([c, [previous, x]]) =>
      attempt((env) => {
        const { own } = env.scope
        const { h, tape } = evaluate(layer, env, [c, x])
        const [next, s] = update(gammaOf(env), previous, x, h)
        env.scope.release(h)
        expectInRange(space, env, next)
        const input = () => [own(c), [own(previous), own(x)]] as const
        return [[own(c), [own(x), next]], leave(env, s, input, tape)] as const
      }),
    inverse: ([c, [x, next]], held) =>
      attempt((env) => {
        if (held._tag !== "reversed") return env.scope.own(held.input)
        const h = layer.apply(env.params, [c, x], residualDraw(env))
        const previous = restore(gammaOf(env), x, next, h, held.side)
        expectRebuilt(env, previous)
        return [env.scope.own(c), [previous, env.scope.own(x)]]
      }),
    infer: ([c, [, x]]) =>
      attempt((env) => {
        const next = quantize(plus(x, layer.apply(env.params, [c, x], O.none)))
        expectInRange(space, env, next)
        return [env.scope.own(c), [env.scope.own(x), next]]
      }),
    pullback: ([c, [last, next]], held, [dc, [dx, dn]]) =>
      attempt((env) => {
        const { own } = env.scope
        const g = gammaOf(env)
        const x = held._tag === "reversed" ? last : held.input[1][1]
        if (held._tag !== "reversed") env.scope.release([last, next])
        const { value, pull } = held._tag === "taped" ? held.tape : layer.vjp(env.params, [c, x], residualDraw(env))
        const input =
          held._tag === "reversed"
            ? ([own(c), [restore(g, x, next, value, held.side), own(x)]] as const)
            : own(held.input)
        if (held._tag === "reversed") expectRebuilt(env, input[1][0])
        env.scope.release(next)
        const { cotangent, grads } = pull(
          times(
            g.map((gamma) => 1 + gamma),
            dn,
          ),
        )
        const [jc, jx] = cotangent ?? nothingToPull(env)
        env.scope.release(value)
        const back = [context.add(dc, jc), cotangents(g, dx, dn, jx)] as const
        env.scope.release([c, x, held, dc, dx, dn])
        return { input, cotangent: back, grads }
      }),
  }
}

/** `fromResidual` for a residual that reads a context C, which passes through and whose cotangents add up. */
const fromContextResidual = <P, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], BdiaSide<P, C, X, Bit>> => {
  const f = chain(start(h), step(h))(depth)
  return {
    ...f,
    pullback: (b, side, cotangent) => (env) =>
      F.pipe(
        checkGrid(h.space, b[1], side)(env),
        E.chain(() => f.pullback(b, side, cotangent)(env)),
      ),
  }
}

/** On the grid a fault is at least one step, which no subtraction on the way back can round away. */
const checkGrid = <P, C, X, Bit>(
  { quantize }: Space<X, Bit>,
  state: Two<X>,
  [first, rest]: BdiaSide<P, C, X, Bit>,
): Program<ReadonlyArray<P>, void> =>
  attempt((env) => {
    if ((rest.at(-1) ?? first)._tag !== "reversed") return
    for (const x of state) env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: quantize(x), recorded: x })
  })

/**
 * The whole chain of `depth` blocks, x_0 to (x_{K-1}, x_K): parameters are an array of length K, and the paths 0 to
 * K - 1 are the paper's k. Its input must be on the residual's grid: round it with `h.space.quantize`.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` where what was rebuilt is not
 * what was. Throws `RangeError` for a depth below 1.
 */
const fromResidual = <P, X, Bit>(
  { space, layer }: Residual<P, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, BdiaSide<P, null, X, Bit>> => {
  const f = fromContextResidual({ space, layer: ignoringContext(layer), context: noContext }, depth)
  return {
    params: f.params,
    side: f.side,
    forward: (x) => (env) =>
      F.pipe(
        f.forward([null, x])(env),
        E.map(([[, state], side]) => [state, side] as const),
      ),
    inverse: (state, side) => (env) =>
      F.pipe(
        f.inverse([null, state], side)(env),
        E.map(([, x]) => x),
      ),
    infer: (x) => (env) =>
      F.pipe(
        f.infer([null, x])(env),
        E.map(([, state]) => state),
      ),
    pullback: (state, side, cotangent) => (env) =>
      F.pipe(
        f.pullback([null, state], side, [null, cotangent])(env),
        E.map((pulled) => ({
          input: pulled.input[1],
          cotangent: pulled.cotangent === null ? null : pulled.cotangent[1],
          grads: pulled.grads,
        })),
      ),
  }
}

const noContext = { add: () => null, side: Side.nothing }

const ignoringContext = <P, X>(layer: Layer<P, X, X>): Layer<P, readonly [null, X], X> => ({
  params: layer.params,
  apply: (params, [, x], draw) => layer.apply(params, x, draw),
  vjp: (params, [, x], draw) => {
    const recorded = layer.vjp(params, x, draw)
    return {
      value: recorded.value,
      held: recorded.held,
      pull: (cotangent) => {
        const back = recorded.pull(cotangent)
        return { cotangent: back.cotangent === null ? null : [null, back.cotangent], grads: back.grads }
      },
    }
  },
})

const gammaOf = (env: Env<unknown>) => gammas(Env.draw(env, "gamma"))

const residualDraw = (env: Env<unknown>) => O.some(Env.draw(env, "residual"))

const evaluate = <P, A, X>(layer: Layer<P, A, X>, env: Env<P>, input: A): { h: X; tape: Recorded<P, A, X> | null } => {
  if (Env.choice(env) !== "tape") return { h: layer.apply(env.params, input, residualDraw(env)), tape: null }
  const tape = layer.vjp(env.params, input, residualDraw(env))
  return { h: tape.value, tape }
}

const leave = <S, A, T>(env: Env<unknown>, side: S, input: () => A, tape: T | null): Held<S, A, T> => {
  if (tape !== null) return { _tag: "taped", input: input(), tape }
  return Env.choice(env) === "keep" ? { _tag: "kept", input: input() } : { _tag: "reversed", side }
}

const expectInRange = <X, Bit>(space: Space<X, Bit>, env: Env<unknown>, x: X): void =>
  env.watch.expect({ _tag: "InRange", place: Env.place(env), x, fractionBits: space.grid.fractionBits })

const expectOnGrid = <X, Bit>(space: Space<X, Bit>, env: Env<unknown>, x: X): void => {
  expectInRange(space, env, x)
  const { fractionBits } = space.grid
  env.watch.expect({ _tag: "OnGrid", place: Env.place(env), x, rounded: space.quantize(x), fractionBits })
}

const expectRebuilt = (env: Env<unknown>, x: unknown): void =>
  env.watch.expect({ _tag: "Rebuilt", place: Env.place(env), x })

const nothingToPull = (env: Env<unknown>): never => {
  throw new NotDifferentiable({ path: env.path, what: "The residual" })
}

/** Exact reversible chains from any residual, with or without a context: Zhang, Lewis, Kleijn (ICML 2025). */
export const Bdia = { fromResidual, fromContextResidual }
