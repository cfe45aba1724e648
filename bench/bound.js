/** A promise of a benchmark, judged by the median of its pairs. */

export const bound = (name, measured, sense, limit) => ({
  name,
  ...measured,
  sense,
  limit,
  reached: limit === null ? null : sense === "at most" ? measured.median <= limit : measured.median >= limit,
})
