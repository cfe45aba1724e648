/**
 * The training of `bijou start`, with checkpoints during the run and at its end, whatever ends it.
 */
import { Plan } from "../../core/Plan.ts"
import type { Gpt } from "../../net/Gpt.ts"
import { startSaving, type Saved, type Saver } from "../../node/files/Saver.ts"
import { startWorkers, type WorkersMemory } from "../../node/workers/startWorkers.ts"
import { watchFallbacks } from "../../tensor/kernels/fallbacks.ts"
import { Checkpoint } from "../../train/checkpoint/Checkpoint.ts"
import { planOf } from "../../train/memory/Fit.ts"
import { microBatched } from "../../train/Gradients.ts"
import type { Trained } from "../../train/step.ts"
import { descent } from "../../train/training.ts"
import { startProgressBar } from "../ProgressBar.ts"
import { gptObjective, type GptTask } from "./gptObjective.ts"
import type { Interrupt } from "../Interrupt.ts"
import type { StartOptions } from "./StartOptions.ts"
import { warn } from "../say.ts"

// ---------------------------------------------------------------- model

type GptParams = Parameters<Gpt["bijection"]["params"]["leaves"]>[0]

export type GptTrained = Trained<GptParams>

/** The state at the end of training. */
export interface Ended {
  readonly trained: GptTrained
  readonly steps: number
  readonly memory: WorkersMemory
  /** Why the checkpoint does not have the last step; null if it does, or without `--save`. */
  readonly unsaved: string | null
}

// ---------------------------------------------------------- destructors

/** Takes the remaining steps until an interrupt. Throws the error of a refused step after saving the earlier ones. */
export const trainGpt = async (
  task: GptTask,
  before: Checkpoint<GptParams>,
  options: StartOptions,
  interrupt: Interrupt,
): Promise<Ended> => {
  const { context, workers } = options
  const { steps: taken, batch, microBatch, fit, optimizer, schedule } = before.run
  const objective = gptObjective(task)
  const how = { size: microBatch, seed: task.seed, plan: fit === null ? Plan.reversed : planOf(fit) }
  const state = ({ steps, trained }: Pick<Ended, "steps" | "trained">): Saved => ({
    steps,
    pieces: () => Checkpoint.pieces(objective.network.params, { run: { ...before.run, steps }, trained }),
  })
  let last = { steps: taken, trained: before.trained }
  const saver = await saverOf(options, state(last))
  const pool =
    workers === undefined
      ? null
      : await startWorkers(objective.network.params, { ...here(task), count: workers, ...how })
  const course = { optimizer, schedule, batch, taken }
  const progress = startProgressBar("training", schedule.steps, taken)
  const begun = performance.now()
  const stepped = watchFallbacks({ now: () => performance.now(), warn })
  let unsaved: string | null = null
  let failed = true
  try {
    for await (const now of descent(pool ?? microBatched(objective, how), course, before.trained)) {
      const speed = ((now.steps - taken) * batch * context) / ((performance.now() - begun) / 1000)
      progress.update(now.steps, `loss ${now.loss.toFixed(3)} ${speed.toFixed(0)} tokens/s`)
      last = now
      stepped()
      await saver?.after(state(now))
      if (await interrupt.requested()) break
    }
    failed = false
  } finally {
    progress.stop()
    unsaved = (await saver?.end(state(last))) ?? null
    if (unsaved !== null) warn(unsaved)
    else if (failed && saver !== null) warn(`--save ${options.save} has step ${last.steps}, the last that succeeded.`)
    await pool?.stop()
  }
  return { ...last, memory: pool?.memory() ?? { shared: 0, most: 0 }, unsaved }
}

/** Starts saving; null without `--save`. Throws `UnusableInput` for a place that is not writable. */
const saverOf = async ({ save, saveMinutes, saveSteps }: StartOptions, first: Saved): Promise<Saver | null> => {
  if (save === undefined) return null
  const every = { minutes: saveMinutes ?? 10, ...(saveSteps === undefined ? {} : { steps: saveSteps }) }
  return startSaving({ option: "--save", file: save, every, warn, now: () => performance.now() }, first)
}

/** The module from which workers load the objective. */
const here = (argument: GptTask) => ({
  module: import.meta.resolve("./gptObjective.js"),
  export: "gptObjective",
  argument,
})
