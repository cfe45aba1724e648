/**
 * The progress of long work: a bar on a terminal, now and then a plain line elsewhere. Written to standard error.
 */
import { Presets, SingleBar } from "cli-progress"

// ---------------------------------------------------------------- model

/** Shows how far long work is. */
export interface ProgressBar {
  /** `done` of the total, and a few words about how it goes. */
  readonly update: (done: number, words: string) => void
  readonly stop: () => void
}

// --------------------------------------------------------- constructors

/** Shows progress over `total` units of work called `what`, of which `before` were done earlier. */
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
  let told = -1
  return {
    update: (done, words) => {
      const tenth = Math.floor((10 * done) / total)
      if (tenth === told && done !== before + 1) return
      told = tenth
      process.stderr.write(`${what} ${done}/${total} ${words} ${clock(done)}\n`)
    },
    stop: () => {},
  }
}

/** Time left, from the pace so far. */
const startClock = (total: number, before: number): ((done: number) => string) => {
  const start = performance.now()
  return (done) => {
    if (done === before) return ""
    const seconds = Math.round(((performance.now() - start) / 1000 / (done - before)) * (total - done))
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`
  }
}
