/**
 * The progress of long work, on standard error: a bar on a terminal, a plain line for every tenth elsewhere.
 */
import { Presets, SingleBar } from "cli-progress"

// ---------------------------------------------------------------- model

/** Shows the progress of long work. */
export interface ProgressBar {
  /** Shows `done` of the total, and a few words such as the loss. */
  readonly update: (done: number, words: string) => void
  readonly stop: () => void
}

// --------------------------------------------------------- constructors

/** Starts the progress of `total` units of the work `what`; `before` of them were done earlier. */
export const startProgressBar = (what: string, total: number, before = 0): ProgressBar =>
  process.stderr.isTTY ? bar(what, total, before) : lines(what, total, before)

const bar = (what: string, total: number, before: number): ProgressBar => {
  const room = (process.stderr.columns ?? 80) - what.length - 52
  const drawn = new SingleBar(
    {
      format: room < 4 ? "{value}/{total} {words} {left}" : `${what} {bar} {value}/{total} {words} {left}`,
      barsize: Math.max(4, Math.min(24, room)),
      hideCursor: true,
      gracefulExit: false,
      stream: process.stderr,
    },
    Presets.shades_classic,
  )
  const clock = startClock(total, before)
  drawn.start(total, before, { words: "", left: "" })
  return { update: (done, words) => drawn.update(done, { words, left: clock(done) }), stop: () => drawn.stop() }
}

const lines = (what: string, total: number, before: number): ProgressBar => {
  const clock = startClock(total, before)
  let shown = -1
  return {
    update: (done, words) => {
      const tenth = Math.floor((10 * done) / total)
      if (tenth === shown && done !== before + 1) return
      shown = tenth
      process.stderr.write(`${what} ${done}/${total} ${words} ${clock(done)}\n`)
    },
    stop: () => {},
  }
}

/** The remaining time, estimated from the speed so far. */
const startClock = (total: number, before: number): ((done: number) => string) => {
  const start = performance.now()
  return (done) => {
    if (done === before) return ""
    const seconds = Math.round(((performance.now() - start) / 1000 / (done - before)) * (total - done))
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`
  }
}
