/**
 * The promises, as ratios of paired medians on two cores: `lastTaped` is the reversed step that keeps the tape of the last block, which
 * costs no peak.
 */
const atMost = (limit) => ({ sense: "at most", limit })
const atLeast = (limit) => ({ sense: "at least", limit })

const everywhere = { "lastTaped / taped": atMost(1.34), "taped / variableGrads": atMost(1.05) }

/** Where products are by a BLAS or by TensorFlow. */
const convolutions = Object.fromEntries(
  ["conv", "conv, grads", "depthwise", "depthwise, grads"].map((part) => [`${part} / torch`, atMost(2)]),
)

const wasm = { "lastTaped / stock": atMost(0.16), "workers 1 / workers 2": atLeast(1.75) }

const blas = { "lastTaped / torch bdia": atMost(1.3), "workers 2 / torch bdia": atMost(1) }

const tensorflow = {
  "lastTaped / torch bdia": atMost(1.1),
  "workers 2 / torch bdia": atMost(1.1),
  "taped / torch store": atMost(0.95),
}

const fused = {
  "lastTaped / torch bdia": atMost(0.85),
  "taped / torch store": atMost(0.95),
  "products / lastTaped": atLeast(0.72),
}

/** Those for a place; `on` is the name that its backend gives itself. */
const boundsOn = (on, { backend, threads }) => ({
  ...everywhere,
  ...(threads === null ? {} : convolutions),
  ...(backend === "wasm" ? (threads === null ? wasm : blas) : {}),
  ...(backend === "tensorflow" ? (/op library/.test(on) ? fused : tensorflow) : {}),
})

/** A ratio of two modes, and whether it keeps its promise, if it has one; judged by the median of the pairs. */
export const bounded = (on, place, above, below, measured) => {
  const name = `${above} / ${below}`
  const { sense, limit } = boundsOn(on, place)[name] ?? { sense: null, limit: null }
  const reached = limit === null ? null : sense === "at most" ? measured.median <= limit : measured.median >= limit
  return { name, ...measured, sense, limit, reached }
}
