/**
 * Invertible scalings of grid values; the remainder of a division becomes side information.
 */
import type { Bijection } from "../core/Bijection.ts"
import { Env } from "../core/Env.ts"
import { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import { gammas } from "../exact/draws.ts"
import type { PerSample, Space } from "../exact/Space.ts"

// --------------------------------------------------------- constructors

/** Maps x to -x, never to -0. */
export const negated = <X, Bit>({ minus, times }: Space<X, Bit>): Bijection<{}, X, X, null> => {
  const negate = (x: X): X => minus(minus(x, x), x)
  return {
    params: Params.none,
    side: Side.nothing,
    forward: (x) => attemptForward(Side.nothing, () => [negate(x), null]),
    inverse: (y) => attempt(() => negate(y)),
    infer: (x) => attempt(() => negate(x)),
    pullback: (y, _side, dy) =>
      attempt((env) => {
        const pulled = { input: negate(y), cotangent: times(constant(env, -1), dy), grads: {} }
        env.scope.release([y, dy])
        return pulled
      }),
  }
}

/**
 * Maps x to g (x + s u) with g = +-2^-m. s = (-x / u) mod 2^m makes x a multiple of 2^m steps, which is halved m times;
 * the bits of s are the parities before each halving, lowest first. At inference, where E[g] = 0, it returns 0.
 */
export const halved = <X, Bit>(space: Space<X, Bit>, m: number): Bijection<{}, X, X, ReadonlyArray<Bit>> => {
  if (!Number.isInteger(m) || m < 1 || m > 20)
    throw new RangeError(`Gamma is +-2^-m, where m must be an integer from 1 to 20, not ${String(m)}.`)
  const { bit, lift, lower, minus, parity, times } = space
  const inverse = (env: Env<unknown>, y: X, sides: ReadonlyArray<Bit>): X => {
    const twice = constant(env, 2)
    return sides.reduceRight((z, s, i) => lower(times(i === m - 1 ? signs(env, 2) : twice, z), s), y)
  }
  const side = Side.array(m, bit)
  return {
    params: Params.none,
    side,
    forward: (x) =>
      attemptForward(side, (env) => {
        const sides: Bit[] = []
        let y = x
        for (let i = 0; i < m; i++) {
          const s = parity(y)
          sides.push(s)
          y = times(i === m - 1 ? signs(env, 1 / 2) : constant(env, 1 / 2), lift(y, s))
        }
        return [y, sides]
      }),
    inverse: (y, sides) => attempt((env) => inverse(env, y, sides)),
    infer: (x) => attempt(() => minus(x, x)),
    pullback: (y, sides, dy) =>
      attempt((env) => {
        const pulled = { input: inverse(env, y, sides), cotangent: times(dyadicGammas(m)(env), dy), grads: {} }
        env.scope.release([y, sides, dy])
        return pulled
      }),
  }
}

/** +-2^-m for each sample, with the signs of BDIA's gamma. */
export const dyadicGammas =
  (m: number) =>
  (env: Env<unknown>): PerSample =>
    signs(env, 2 ** -m)

/** +-`size` for each sample, with the signs of BDIA's gamma. */
export const signs = (env: Env<unknown>, size: number): PerSample =>
  gammas(Env.draw(env, "gamma")).map((g) => 2 * g * size)

/** The same number for all samples. */
export const constant = (env: Env<unknown>, c: number): PerSample => env.samples.map(() => c)
