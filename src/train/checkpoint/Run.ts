/**
 * A training run as data: everything that it needs to resume, except its tensors.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { Runtime } from "../../tensor/Runtime.ts"
import { checkAdamW } from "../AdamW.ts"
import { Fit } from "../memory/Fit.ts"
import { amount, finite, fraction, positiveAmount, integer } from "../../tensor/numbers.ts"

// ---------------------------------------------------------------- model

/** Everything that a run needs to resume, except its tensors. */
export const Run = t.readonly(
  t.strict({
    /** The number of steps taken. */
    steps: integer(0),
    /** The seed of the gammas and of dropout. */
    seed: integer(0),
    batch: integer(1),
    microBatch: integer(1),
    /** The number of workers that shared its batches, or null for none. The plan is fitted to them. */
    workers: t.union([integer(1), t.null]),
    optimizer: t.strict({
      beta1: fraction,
      beta2: fraction,
      epsilon: positiveAmount,
      weightDecay: amount,
      clip: positiveAmount,
    }),
    schedule: t.strict({ peak: amount, floor: amount, warmup: integer(0), steps: integer(1) }),
    /** The plan that was fitted to a budget, or null if every part is reversed. */
    fit: t.union([Fit, t.null]),
    /** The runtime that it computes on. Only an equal runtime gives the same bits. */
    runtime: Runtime,
    /** The network's configuration, such as a `GptConfig`. The reader decodes it. */
    network: t.unknown,
    /** Anything else that the program wants to store. */
    notes: t.record(t.string, t.union([t.string, finite])),
  }),
  "Run",
)

export type Run = t.TypeOf<typeof Run>

// ---------------------------------------------------------- destructors

/** Returns which fields of a run contradict each other or cannot be trained with, as the end of a sentence, or null. */
export const contradiction = ({ steps, schedule, batch, microBatch, optimizer }: Run): string | null => {
  if (steps > schedule.steps) return `its run has taken ${steps} of ${schedule.steps} steps`
  if (batch % microBatch !== 0) return `its run has micro-batches of ${microBatch}, which do not divide ${batch}`
  const settings = E.tryCatch(
    () => checkAdamW(optimizer),
    (error) => `the optimizer of its run cannot be used: ${String(error).replace(/^RangeError: |\.$/g, "")}`,
  )
  return E.isLeft(settings) ? settings.left : null
}
