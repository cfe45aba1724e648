/**
 * Batches cut into micro-batches of one size, and contiguous runs of micro-batches for workers.
 */

// --------------------------------------------------------- constructors

/** Splits samples into groups of `size`, in order. Throws `RangeError` if `size` does not divide their number. */
export const microBatches = (samples: ReadonlyArray<number>, size: number): ReadonlyArray<ReadonlyArray<number>> => {
  if (!Number.isSafeInteger(size) || size < 1 || samples.length === 0 || samples.length % size !== 0)
    throw new RangeError(
      `A batch of ${samples.length} is not a multiple of micro-batches of ${size}. Give a size that divides the batch.`,
    )
  return Array.from({ length: samples.length / size }, (_, i) => samples.slice(i * size, (i + 1) * size))
}

/**
 * Returns the bounds [first, end) of `parts` runs of `count` places, as even as possible, longer runs first. Throws
 * `RangeError` for more parts than places.
 */
export const runs = (count: number, parts: number): ReadonlyArray<readonly [first: number, end: number]> => {
  if (parts > count)
    throw new RangeError(
      `${parts} workers cannot share ${count} micro-batch${count === 1 ? "" : "es"}. Use at most ${count}, smaller micro-batches, or a larger batch.`,
    )
  const bound = (part: number) => part * Math.floor(count / parts) + Math.min(part, count % parts)
  return Array.from({ length: parts }, (_, part) => [bound(part), bound(part + 1)] as const)
}
