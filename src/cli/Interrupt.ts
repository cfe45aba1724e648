/**
 * Ctrl-C: the first asks for an end at the next boundary, the second ends at once.
 */
import { nextTask } from "../train/nextTask.ts"

// ---------------------------------------------------------------- model

export interface Interrupt {
  /** Lets waiting signals in, then tells whether one came. */
  readonly requested: () => Promise<boolean>
  readonly stopListening: () => void
}

// --------------------------------------------------------- constructors

/** Listens; `unit` is what is finished before the end, such as a step. */
export const listenForInterrupt = (unit: string): Interrupt => {
  let count = 0
  const onSignal = (): void => {
    count++
    if (count > 1) process.exit(130)
    process.stderr.write(`\nStopping after this ${unit}. Press Ctrl-C again to quit at once.\n`)
  }
  process.on("SIGINT", onSignal)
  return {
    requested: async () => {
      await nextTask()
      return count > 0
    },
    stopListening: () => process.off("SIGINT", onSignal),
  }
}
