/**
 * A training run as data: all that it takes to go on, but for its tensors.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { Runtime } from "../../tensor/Runtime.ts"
import { checkAdamW } from "../AdamW.ts"
import { Fit } from "../memory/Fit.ts"
import { amount, finite, fraction, positiveAmount, integer } from "../../tensor/numbers.ts"

// ---------------------------------------------------------------- model

/** What a run needs to go on. */
export const Run = t.readonly(
  t.strict({
    /** Steps taken. */
    steps: integer(0),
    /** Of the gammas and of dropout. */
    seed: integer(0),
    batch: integer(1),
    microBatch: integer(1),
    /** How many workers shared its batches; null where none did. The plan is fitted to them. */
    workers: t.union([integer(1), t.null]),
    optimizer: t.strict({
      beta1: fraction,
      beta2: fraction,
      epsilon: positiveAmount,
      weightDecay: amount,
      clip: positiveAmount,
    }),
    schedule: t.strict({ peak: amount, floor: amount, warmup: integer(0), steps: integer(1) }),
    /** The plan that was fitted to a budget; null where everything is reversed. */
    fit: t.union([Fit, t.null]),
    /** What it computes with: its bits are those of another run in an equal one alone. */
    runtime: Runtime,
    /** Of the network, such as a `GptConfig`; whoever reads it decodes it. */
    network: t.unknown,
    /** What else the program wants to find again. */
    notes: t.record(t.string, t.union([t.string, finite])),
  }),
  "Run",
)

export type Run = t.TypeOf<typeof Run>

// ---------------------------------------------------------- destructors

/** What fields of a run say against each other, or cannot be trained with, as the end of a sentence; null where nothing does. */
export const contradiction = ({ steps, schedule, batch, microBatch, optimizer }: Run): string | null => {
  if (steps > schedule.steps) return `its run has taken ${steps} of ${schedule.steps} steps`
  if (batch % microBatch !== 0) return `its run has micro-batches of ${microBatch}, which do not divide ${batch}`
  const settings = E.tryCatch(
    () => checkAdamW(optimizer),
    (error) => `the optimizer of its run cannot be used: ${String(error).replace(/^RangeError: |\.$/g, "")}`,
  )
  return E.isLeft(settings) ? settings.left : null
}
