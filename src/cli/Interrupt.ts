/**
 * Ctrl-C and other requests to end: the first asks for an end at the next boundary, the second ends immediately.
 */
import { nextTask } from "../train/nextTask.ts"

// ---------------------------------------------------------------- model

export interface Interrupt {
  /** Lets waiting signals in, then tells whether one came. */
  readonly requested: () => Promise<boolean>
  /** What the command ends with where one came: 128 and the number of the first, as a shell has it. */
  readonly exitCode: () => number
  readonly stopListening: () => void
}

/** Ctrl-C, `kill` or a scheduler, and a terminal that was closed. */
const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

const SIGPIPE = 13

// --------------------------------------------------------- constructors

/** Listens for signals; `unit` is what is finished before the end, such as a step. */
export const listenForInterrupt = (unit: string): Interrupt => {
  let first: number | null = null
  const onSignal = (signal: keyof typeof numbers): void => {
    if (first !== null) process.exit(128 + numbers[signal])
    request(128 + numbers[signal], `\nStopping after this ${unit}. Press Ctrl-C again to quit immediately.\n`)
  }
  const request = (exitCode: number, sentence = ""): void => {
    if (first !== null) return
    first = exitCode
    process.stderr.write(sentence)
  }
  const signals = Object.keys(numbers) as ReadonlyArray<keyof typeof numbers> // its own keys
  for (const signal of signals) process.on(signal, onSignal)
  listeners.add(request)
  return {
    requested: async () => {
      await nextTask()
      return first !== null
    },
    exitCode: () => first ?? 0,
    stopListening: () => {
      for (const signal of signals) process.off(signal, onSignal)
      listeners.delete(request)
    },
  }
}

/**
 * Ends the process where nobody reads what it prints any more, as after `| head -1`, or it cannot be written: at the next boundary where
 * somebody listens, or else immediately.
 */
export const endWithOutput = (): void => {
  for (const output of [process.stdout, process.stderr])
    output.on("error", (error) => {
      const exitCode = "code" in error && error.code === "EPIPE" ? 128 + SIGPIPE : 1
      for (const request of listeners) request(exitCode)
      if (listeners.size > 0) return
      process.removeAllListeners("exit")
      process.exit(process.exitCode === undefined || process.exitCode === 0 ? exitCode : process.exitCode)
    })
}

const listeners = new Set<(exitCode: number) => void>()
