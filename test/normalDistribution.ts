/**
 * The normal distribution in float64, for what GELU is compared with.
 */

/** Phi by Simpson's rule on the density, in float64. */
export const cumulative = (x: number): number => {
  const n = 4000
  let sum = 0
  for (let i = 0; i <= n; i++) sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * density((x * i) / n)
  return 0.5 + (x / n / 3) * sum
}

/** phi */
export const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
