/**
 * Small layers with gradients written by hand, to test laws on: one on numbers, one on Float32Arrays.
 */
import { option as O } from "fp-ts"
import type { Draw } from "../../src/core/Draw.ts"
import { Key } from "../../src/core/Key.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { Params } from "../../src/core/Params.ts"
import { uniforms } from "../../src/exact/draws.ts"
import { Grid } from "../../src/exact/Grid.ts"

// ---------------------------------------------------------------- model

/** The weights of `numberLayer`. */
export interface NumberWeights {
  readonly w: number
  readonly v: number
  readonly b: number
}

/** The weights of `float32Layer`, `[width]` each. */
export interface Float32Weights {
  readonly w: Float32Array
  readonly u: Float32Array
  readonly b: Float32Array
}

// --------------------------------------------------------- constructors

/** y = m w tanh(v x + b) on one number, m the dropout mask: 0 with probability `rate`, else 1 / (1 - rate). */
export const numberLayer = (rate: number): Layer<NumberWeights, number, number> => ({
  params: Params.struct<NumberWeights>({
    w: Params.number((key) => weight(key, 1)),
    v: Params.number((key) => weight(key, 1)),
    b: Params.number((key) => weight(key, 1)),
  }),
  apply: ({ w, v, b }, x, draw) => maskOf(draw, rate, 1, 0) * w * Math.tanh(v * x + b),
  vjp: ({ w, v, b }, x, draw) => {
    const m = maskOf(draw, rate, 1, 0)
    const y = Math.tanh(v * x + b)
    return {
      value: m * w * y,
      held: [],
      pull: (dy) => {
        const dz = dy * m * w * (1 - y * y)
        return { cotangent: dz * v, grads: { w: dy * m * y, v: dz * x, b: dz } }
      },
    }
  },
})

/** `numberLayer` that stays on the grid of `fractionBits` fraction bits: Q(y), its gradient straight through. */
export const onGridLayer = (fractionBits: number, rate: number): Layer<NumberWeights, number, number> => {
  const grid = Grid.make(fractionBits)
  const round = (y: number): number => Grid.round(grid, y)
  const layer = numberLayer(rate)
  return {
    params: layer.params,
    apply: (params, x, draw) => round(layer.apply(params, x, draw)),
    vjp: (params, x, draw) => {
      const recorded = layer.vjp(params, x, draw)
      return { ...recorded, value: round(recorded.value) }
    },
  }
}

/**
 * y_i = m_i tanh(w_i x_i + u_i x_{i+1} + b_i) on samples of `width` activations, where i + 1 wraps around within the
 * sample. Every operation is rounded to float32.
 */
export const float32Layer = (width: number, rate: number): Layer<Float32Weights, Float32Array, Float32Array> => {
  const vector = Params.leaf<Float32Array>({
    init: (key) => uniforms({ key, samples: [0] }, width).map((x) => 2 * x - 1),
    add: (x, y) => x.map((a, i) => a + at(y, i)),
    is: (value): value is Float32Array => value instanceof Float32Array && value.length === width,
  })
  const next = (i: number) => (i % width === width - 1 ? i - width + 1 : i + 1)
  const values = ({ w, u, b }: Float32Weights, x: Float32Array): Float32Array =>
    x.map((a, i) => {
      const here = i % width
      const sum = Math.fround(Math.fround(at(w, here) * a) + Math.fround(at(u, here) * at(x, next(i))))
      return Math.tanh(Math.fround(sum + at(b, here)))
    })
  const masked = (y: Float32Array, draw: O.Option<Draw>) => y.map((a, i) => a * maskOf(draw, rate, width, i))
  return {
    params: Params.struct<Float32Weights>({ w: vector, u: vector, b: vector }),
    apply: (params, x, draw) => masked(values(params, x), draw),
    vjp: (params, x, draw) => {
      const y = values(params, x)
      return {
        value: masked(y, draw),
        held: [],
        pull: (dy) => {
          const cotangent = new Float32Array(x.length)
          const grads = { w: new Float32Array(width), u: new Float32Array(width), b: new Float32Array(width) }
          for (const [i, a] of x.entries()) {
            const here = i % width
            const one = Math.fround(1 - Math.fround(at(y, i) * at(y, i)))
            const dz = Math.fround(Math.fround(at(dy, i) * maskOf(draw, rate, width, i)) * one)
            grads.w[here] = at(grads.w, here) + Math.fround(dz * a)
            grads.u[here] = at(grads.u, here) + Math.fround(dz * at(x, next(i)))
            grads.b[here] = at(grads.b, here) + dz
            cotangent[i] = at(cotangent, i) + Math.fround(dz * at(params.w, here))
            cotangent[next(i)] = at(cotangent, next(i)) + Math.fround(dz * at(params.u, here))
          }
          return { cotangent, grads }
        },
      }
    },
  }
}

/** Draws a weight in [-size, size), in float32. */
const weight = (key: Key, size: number): number => at(uniforms({ key, samples: [0] }, 1), 0) * 2 * size - size

/** Element i of the dropout mask; without a draw it is 1. */
const maskOf = (draw: O.Option<Draw>, rate: number, width: number, i: number): number => {
  if (O.isNone(draw) || rate === 0) return 1
  const sample = draw.value.samples[Math.floor(i / width)]
  const drawn = uniforms(
    { key: Key.child("dropout")(draw.value.key), samples: sample === undefined ? [] : [sample] },
    width,
  )
  return at(drawn, i % width) < rate ? 0 : Math.fround(1 / (1 - rate))
}

const at = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN
