/**
 * The learning rate over a run.
 */

// ---------------------------------------------------------------- model

export interface Schedule {
  readonly peak: number
  /** Where the cosine ends. */
  readonly floor: number
  readonly warmup: number
  readonly steps: number
}

// ---------------------------------------------------------- destructors

/** Linear over the warm-up, whose last step is the first at `peak`, then half a cosine from `peak` to `floor`; steps count from 0. */
export const learningRate = ({ peak, floor, warmup, steps }: Schedule, step: number): number => {
  if (step < warmup) return (peak * (step + 1)) / warmup
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup))
  return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2
}
