/**
 * Impostors of layers: hidden randomness, hidden state, another kernel in gradient mode, a wrong derivative.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import { Key } from "../../src/core/Key.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { Params } from "../../src/core/Params.ts"
import { architectureLaws } from "../sets/Architecture.ts"
import { float32Array, moderate } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { gradientLaws } from "../sets/Gradient.ts"
import { derivativeLaws, layerLaws } from "../sets/Layer.ts"
import { drawn, numberMaterial } from "../engine/Material.ts"
import { float32Layer, numberLayer, type Float32Weights, type NumberWeights } from "../subjects/specimens.ts"
import { float32ChainSubject, numberChainSubject } from "../subjects/subjects.ts"

type OnNumbers = Layer<NumberWeights, number, number>
type OnFloats = Layer<Float32Weights, Float32Array, Float32Array>

const ofNumbers = (name: string, layer: OnNumbers) => ({
  name,
  layer,
  inputs: moderate,
})

const ofFloats = (name: string, layer: OnFloats) => ({
  name,
  layer,
  inputs: float32Array(8, moderate),
  samples: () => [5, 3],
})

const honest = numberLayer(0.5)

let made = 0

/** Draws its mask from its own generator, so the second evaluation has another mask than the first (MemCNN #56). */
const unseeded: OnNumbers = {
  params: honest.params,
  apply: (params, x) => honest.apply(params, x, O.some({ key: Key.fromSeed(made++), samples: [0] })),
  vjp: (params, x) => honest.vjp(params, x, O.some({ key: Key.fromSeed(made++), samples: [0] })),
}

export const unseededDropout = attack(
  "unseeded dropout",
  layerLaws(ofNumbers("unseeded dropout", unseeded)),
  gradientLaws(numberChainSubject("unseeded dropout", { depth: 3, layer: unseeded })),
)

const centered = float32Layer(4, 0)
const running = { mean: 0 }

const normalized = (y: Float32Array): Float32Array => {
  running.mean = 0.9 * running.mean + (0.1 * y.reduce((sum, a) => sum + a, 0)) / y.length
  return y.map((a) => a - running.mean)
}

/** A running mean over batches, updated by every evaluation. */
const batchNorm: OnFloats = {
  params: centered.params,
  apply: (params, x, draw) => normalized(centered.apply(params, x, draw)),
  vjp: (params, x, draw) => {
    const recorded = centered.vjp(params, x, draw)
    return { ...recorded, value: normalized(recorded.value) }
  },
}

export const batchStatistics = attack(
  "batch statistics",
  layerLaws(ofFloats("batch statistics", batchNorm)),
  gradientLaws(float32ChainSubject("batch statistics", { depth: 3, layer: batchNorm })),
)

/** Runs a fused kernel in gradient mode, which differs in the last bits. */
const fused: OnNumbers = {
  params: honest.params,
  apply: (params, x, draw) => Math.fround(honest.apply(params, x, draw)),
  vjp: (params, x, draw) => {
    const recorded = honest.vjp(params, x, draw)
    return { ...recorded, value: recorded.value * (1 + 2 ** -20) }
  },
}

export const gradientModeKernel = attack(
  "another kernel in gradient mode",
  layerLaws(ofNumbers("another kernel in gradient mode", fused)),
)

/** Uses 1 as the derivative of tanh. */
const straight: OnNumbers = {
  params: honest.params,
  apply: honest.apply,
  vjp: ({ w, v, b }, x, draw) => {
    const value = honest.apply({ w, v, b }, x, draw)
    return {
      value,
      held: [],
      pull: (dy) => ({ cotangent: dy * w * v, grads: { w: dy * Math.tanh(v * x + b), v: dy * w * x, b: dy * w } }),
    }
  },
}

export const wrongDerivative = attack(
  "a wrong derivative",
  derivativeLaws(ofNumbers("a wrong derivative", straight), "float64"),
)

const inner = float32Layer(4, 0.25)

/** An activation function that saves memory by overwriting its input. */
const overwriting: OnFloats = {
  params: inner.params,
  apply: (params, x, draw) => {
    x.set(inner.apply(params, x, draw))
    return x
  },
  vjp: (params, x, draw) => inner.vjp(params, x, draw),
}

export const inPlace = attack(
  "a layer that works in place",
  layerLaws(ofFloats("a layer that works in place", overwriting)),
  gradientLaws(float32ChainSubject("a layer that works in place", { depth: 3, layer: overwriting })),
)

type OnPairs = Layer<{}, readonly [Float32Array, Float32Array], Float32Array>

const product = (x: Float32Array, y: Float32Array): Float32Array => x.map((a, i) => a * (y[i] ?? NaN))

/** Multiplies two arrays and sums cotangents by object, so that an array used twice gets both cotangents. */
const byObject: OnPairs = {
  params: Params.none,
  apply: (_, [x, y]) => product(x, y),
  vjp: (_, [x, y]) => ({
    value: product(x, y),
    held: [],
    pull: (dy) => {
      const found = new Map<Float32Array, Float32Array>()
      const add = (place: Float32Array, term: Float32Array) =>
        found.set(
          place,
          term.map((a, i) => a + (found.get(place)?.[i] ?? 0)),
        )
      add(x, product(dy, y))
      add(y, product(dy, x))
      return { cotangent: [found.get(x) ?? dy, found.get(y) ?? dy], grads: {} }
    },
  }),
}

export const gradientsByObject = attack(
  "gradients summed by object identity",
  layerLaws({
    name: "gradients summed by object identity",
    layer: byObject,
    inputs: fc.tuple(float32Array(4, moderate), float32Array(4, moderate)),
  }),
)

let tick = 0

/** Records with one mask and pulls back with another. */
const restless: OnNumbers = {
  params: honest.params,
  apply: honest.apply,
  vjp: (params, x, draw) => {
    const recorded = honest.vjp(params, x, draw)
    return {
      ...recorded,
      pull: (dy) => recorded.pull(dy * (1 + (tick++ % 2) * 2 ** -10)),
    }
  },
}

/** Adds gradients in another order each time, as atomics do: values are right, gradients differ. */
export const atomicGradient = attack(
  "a gradient with atomics",
  gradientLaws(numberChainSubject("a gradient with atomics", { depth: 3, layer: restless })),
)

/** Random networks in which one layer draws from its own generator. */
export const statefulNetwork = attack(
  "a layer with hidden state somewhere in a network",
  architectureLaws(
    "a layer with hidden state somewhere in a network",
    fc.constant({ ...numberMaterial(9), layers: fc.constant(drawn("unseeded dropout", unseeded)) }),
  ),
)
