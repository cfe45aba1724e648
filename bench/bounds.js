/**
 * The promises, as ratios of paired medians on two cores: `lastTaped` is the reversed step that keeps the tape of the last block, which
 * costs no peak.
 */
const atMost = (limit) => ({ sense: "at most", limit })
const atLeast = (limit) => ({ sense: "at least", limit })

const everywhere = { "lastTaped / taped": atMost(1.34), "taped / variableGrads": atMost(1.05) }

const wasm = { "lastTaped / stock": atMost(0.16) }

const blas = { "lastTaped / torch bdia": atMost(1.3) }

const tensorflow = {
  "lastTaped / torch bdia": atMost(1.1),
  "taped / torch store": atMost(0.95),
}

const fused = {
  "lastTaped / torch bdia": atMost(0.85),
  "taped / torch store": atMost(0.95),
  "products / lastTaped": atLeast(0.72),
}

/** Those for a place; `on` is the name that its backend gives itself. */
export const boundsOn = (on, { backend, threads }) => ({
  ...everywhere,
  ...(backend === "wasm" ? (threads === null ? wasm : blas) : {}),
  ...(backend === "tensorflow" ? (/op library/.test(on) ? fused : tensorflow) : {}),
})
