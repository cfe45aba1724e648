/**
 * One worker of a pool, from the pool's side.
 */
import { Worker } from "node:worker_threads"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { UnusableInput } from "../errors/UnusableInput.ts"
import type { Answer, Greeting, Orders, Question } from "./messages.ts"
import { workerScript } from "./workerScript.ts"

// ---------------------------------------------------------------- model

export interface Member {
  /** Asks one question at a time. A lost worker answers `Lost` to this and every later question. */
  readonly ask: (question: Question) => Promise<Answer | Lost>
  readonly stop: () => Promise<void>
}

interface Lost {
  readonly _tag: "Lost"
  readonly reason: string
}

// --------------------------------------------------------- constructors

/** Starts a worker and waits until it is ready. Rejects with a sentence if it fails. */
export const startMember = async (orders: Orders): Promise<Member> => {
  const worker = startThread(orders)
  let lost: Lost | null = null
  let hear: (message: Greeting | Answer | Lost) => void = () => {}
  const lose = (reason: string): void => {
    lost ??= { _tag: "Lost", reason }
    hear(lost)
  }
  worker.on("message", (message: Greeting | Answer) => hear(message))
  worker.on("messageerror", ({ message }) => lose(message))
  worker.on("error", (error) => lose(error.message))
  worker.on("exit", (code) => lose(`it ended with code ${code}`))
  const next = (): Promise<Greeting | Answer | Lost> =>
    new Promise((resolve) => {
      if (lost === null) hear = resolve
      else resolve(lost)
    })
  const stop = async (): Promise<void> => {
    lose("it was stopped")
    // Its current work may continue for a while, and the caller may be waiting for it to end.
    worker.ref()
    await worker.terminate()
  }
  const greeting = await next()
  if (greeting._tag !== "Ready") {
    await worker.terminate()
    if (greeting._tag !== "Unable") throw unable("reason" in greeting ? greeting.reason : greeting._tag)
    if (greeting.kind === "Error") throw unable(greeting.reason)
    throw greeting.kind === "UnusableInput"
      ? new UnusableInput(greeting.reason)
      : new NativeUnavailable(greeting.reason)
  }
  // Between questions, a running pool does not keep the process alive.
  worker.unref()
  return {
    ask: async (question) => {
      const answer = next()
      worker.ref()
      worker.postMessage(question)
      const heard = await answer
      if (lost === null) worker.unref()
      return heard as Answer | Lost // after the greeting, it only sends answers
    },
    stop,
  }
}

const startThread = (orders: Orders): Worker => {
  try {
    // A program given as text has the option `--input-type`, which a file does not accept.
    const isText = process.execArgv.some((option) => option.startsWith("--input-type"))
    return new Worker(workerScript(), { workerData: orders, ...(isText ? { execArgv: [] } : {}) })
  } catch (error) {
    throw unable(error instanceof Error ? error.message : String(error))
  }
}

const unable = (reason: string): UnusableInput =>
  new UnusableInput(`A worker cannot start: ${reason.split("\n")[0]?.replace(/\.$/, "")}.`)
