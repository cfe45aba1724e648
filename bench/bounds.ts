/**
 * The promises, as ratios of paired medians on two cores: `lastTaped` is the reversed step that keeps the tape of the
 * last block, which costs no peak.
 */
import type { Ratio } from "./pairs.ts"
import type { Place } from "./Place.ts"

// ---------------------------------------------------------------- model

interface Bound {
  readonly sense: "at most" | "at least"
  readonly limit: number
}

type Bounds = Readonly<Record<string, Bound>>

/** A ratio of two modes, and whether it keeps its promise; null where it has none. */
export interface Verdict extends Ratio {
  readonly name: string
  readonly sense: Bound["sense"] | null
  readonly limit: number | null
  readonly reached: boolean | null
}

const atMost = (limit: number): Bound => ({ sense: "at most", limit })
const atLeast = (limit: number): Bound => ({ sense: "at least", limit })

const everywhere: Bounds = { "lastTaped / taped": atMost(1.34), "taped / variableGrads": atMost(1.05) }

/** Where products are by a BLAS or by TensorFlow. */
const convolutions: Bounds = Object.fromEntries(
  ["conv", "conv, grads", "depthwise", "depthwise, grads"].map((part) => [`${part} / torch`, atMost(2)]),
)

const wasm: Bounds = { "lastTaped / stock": atMost(0.16), "workers 1 / workers 2": atLeast(1.75) }

const blas: Bounds = { "lastTaped / torch bdia": atMost(1.3), "workers 2 / torch bdia": atMost(1) }

const tensorflow: Bounds = {
  "lastTaped / torch bdia": atMost(1.1),
  "workers 2 / torch bdia": atMost(1.1),
  "taped / torch store": atMost(0.95),
}

const fused: Bounds = {
  "lastTaped / torch bdia": atMost(0.85),
  "taped / torch store": atMost(0.95),
  "products / lastTaped": atLeast(0.72),
}

/** Those for a place; `on` is what its backend calls itself. */
const boundsOn = (on: string, { backend, threads }: Place): Bounds => ({
  ...everywhere,
  ...(threads === null ? {} : convolutions),
  ...(backend === "wasm" ? (threads === null ? wasm : blas) : {}),
  ...(backend === "tensorflow" ? (/op library/.test(on) ? fused : tensorflow) : {}),
})

// ---------------------------------------------------------- destructors

/** A ratio that is judged by the median of its pairs. */
export const bounded = (on: string, place: Place, above: string, below: string, measured: Ratio): Verdict => {
  const name = `${above} / ${below}`
  const bound = boundsOn(on, place)[name]
  if (bound === undefined) return unbounded(name, measured)
  const { sense, limit } = bound
  return {
    name,
    ...measured,
    sense,
    limit,
    reached: sense === "at most" ? measured.median <= limit : measured.median >= limit,
  }
}

/** A ratio without a promise. */
export const unbounded = (name: string, measured: Ratio): Verdict => ({
  name,
  ...measured,
  sense: null,
  limit: null,
  reached: null,
})
