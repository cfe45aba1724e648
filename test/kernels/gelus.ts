/**
 * The two kinds of GELU, their kernels, and their values in float64.
 */
import { gelu, geluTanh } from "bijou/net"
import type { tf } from "bijou/tensor"

// ---------------------------------------------------------------- model

/** One kind, by the name that a perceptron uses. */
export interface Kind {
  readonly name: "gelu" | "geluTanh"
  readonly activation: (x: tf.Tensor) => tf.Tensor
  readonly exact: (x: number) => number
  readonly derivative: (x: number) => number
}

// ----------------------------------------------------------- combinators

/** Phi by Simpson's rule on the density, in float64. */
const cumulative = (x: number): number => {
  const n = 4000
  let sum = 0
  for (let i = 0; i <= n; i++) sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * density((x * i) / n)
  return 0.5 + (x / n / 3) * sum
}

/** phi */
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** The argument of tanh, and its derivative. */
const inner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)
const slope = (x: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2)

// ------------------------------------------------------------ instances

/** The points of comparison: both tails and the values between them. */
export const places = Float32Array.from({ length: 801 }, (_, i) => (i - 400) / 32)

export const kinds: ReadonlyArray<Kind> = [
  {
    ...{ name: "gelu", activation: gelu },
    exact: (x) => x * cumulative(x),
    derivative: (x) => cumulative(x) + x * density(x),
  },
  {
    ...{ name: "geluTanh", activation: geluTanh },
    exact: (x) => (x * (1 + Math.tanh(inner(x)))) / 2,
    derivative: (x) => (1 + Math.tanh(inner(x)) + (x * slope(x)) / Math.cosh(inner(x)) ** 2) / 2,
  },
]
