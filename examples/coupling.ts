/**
 * A custom additive coupling on pairs of Float32Arrays: y1 = x1 + Q(f(x2)), y2 = x2 + Q(g(y1)).
 *
 * It has no side information, so it is an isomorphism. The summands are rounded onto the grid, so every sum is exact.
 *
 * Run it after `npm run build` with `npx tsx examples/coupling.ts`, and check it with `npx bijou check
 * examples/coupling.ts`.
 */
import { option as O } from "fp-ts"
import {
  attempt,
  differingBits,
  Env,
  float32Space,
  hostEnv,
  Key,
  Params,
  runPromise,
  Side,
  uniforms,
  type Bijection,
  type Layer,
} from "bijou"
import { arbitraries, subject } from "bijou/laws"
import fc from "fast-check"

type Pair = readonly [Float32Array, Float32Array]

interface Weights {
  readonly f: number
  readonly g: number
}

const space = float32Space(9) // multiples of 2^-9
const weight = Params.number((key) => uniforms({ key, samples: [0] }, 1)[0] ?? 0)
const zip = (x: Float32Array, y: Float32Array, f: (a: number, b: number) => number) => x.map((a, i) => f(a, y[i] ?? 0))

/** y = tanh(w x), elementwise. */
const layer: Layer<number, Float32Array, Float32Array> = {
  params: weight,
  apply: (w, x) => x.map((a) => Math.tanh(w * a)),
  vjp: (w, x) => {
    const value = x.map((a) => Math.tanh(w * a))
    return {
      value,
      held: [],
      pull: (dy) => {
        const dz = zip(dy, value, (d, y) => d * (1 - y * y))
        return { cotangent: dz.map((d) => d * w), grads: zip(dz, x, (d, a) => d * a).reduce((sum, d) => sum + d, 0) }
      },
    }
  },
}

const added = (w: number, x: Float32Array): Float32Array => space.quantize(layer.apply(w, x, O.none))

const forth = ({ f, g }: Weights, [x1, x2]: Pair): Pair => {
  const y1 = space.plus(x1, added(f, x2))
  return [y1, space.plus(x2, added(g, y1))]
}

/** Undoes the steps of `forth` in reverse order. */
const back = ({ f, g }: Weights, [y1, y2]: Pair): Pair => {
  const x2 = space.minus(y2, added(g, y1))
  return [space.minus(y1, added(f, x2)), x2]
}

const bijection: Bijection<Weights, Pair, Pair, null> = {
  params: Params.struct<Weights>({ f: weight, g: weight }),
  side: Side.nothing,
  forward: (x) =>
    attempt((env) => {
      const y = forth(env.params, x)
      // If a state leaves the grid, the program returns GridOverflow when it has run.
      for (const half of y)
        env.watch.expect({ _tag: "InRange", place: Env.place(env), x: half, fractionBits: space.grid.fractionBits })
      return [y, null] as const
    }),
  inverse: (y) => attempt((env) => back(env.params, y)),
  infer: (x) => attempt((env) => forth(env.params, x)),
  pullback: ([y1, y2], _side, [d1, d2]) =>
    attempt(({ params: { f, g } }) => {
      const toSecond = layer.vjp(g, y1, O.none)
      const x2 = space.minus(y2, space.quantize(toSecond.value))
      const second = toSecond.pull(d2)
      const dx1 = zip(d1, second.cotangent ?? d1, (a, b) => a + b)
      const toFirst = layer.vjp(f, x2, O.none)
      const x1 = space.minus(y1, space.quantize(toFirst.value))
      const first = toFirst.pull(dx1)
      const dx2 = zip(d2, first.cotangent ?? d2, (a, b) => a + b)
      return { input: [x1, x2], cotangent: [dx1, dx2], grads: { f: first.grads, g: second.grads } }
    }),
}

const half = arbitraries.float32Array(4, arbitraries.boundedGridNumber(space.grid, 8))
export const coupling = subject({ bijection, inputs: fc.tuple(half, half) })

// Rounding hides the slope of a coupling from every finite difference, so its layer is checked separately.
export const tanh = subject({ layer, inputs: half })

const env = () => hostEnv({ params: bijection.params.init(Key.fromSeed(1)), seed: 1 })
const x: Pair = [Float32Array.of(1, -0.5, 0.25, 3), Float32Array.of(0.125, 2, -1, 0)]
const [y, side] = await runPromise(bijection.forward(x))(env())
const again = await runPromise(bijection.inverse(y, side))(env())
console.log(`bits that differ: ${differingBits(x[0], again[0]) + differingBits(x[1], again[1])}`)
