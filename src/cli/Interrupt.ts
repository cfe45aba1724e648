/**
 * Ctrl-C and other signals to stop: the first stops the command at the next boundary, the second immediately.
 */
import { nextTask } from "../train/nextTask.ts"

// ---------------------------------------------------------------- model

export interface Interrupt {
  /** Lets pending signals arrive, then says whether there was one. */
  readonly requested: () => Promise<boolean>
  /** The exit code after a signal: 128 plus the number of the first, as in a shell. */
  readonly exitCode: () => number
  readonly stopListening: () => void
}

/** Ctrl-C, `kill` or a scheduler, and a closed terminal. */
const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

const SIGPIPE = 13

// --------------------------------------------------------- constructors

/** Listens for signals; `unit` is what the command finishes before it stops, such as a step. */
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
 * Ends the process when its output is closed, as by `| head -1`, or cannot be written: at the next boundary if a
 * command listens for signals, immediately otherwise.
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
