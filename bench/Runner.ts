/**
 * A benchmark's mode in a child process, which takes one step when asked to.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as t from "io-ts"
import { decoded } from "./decoded.ts"
import { Bytes, Taken, type Question } from "./Mode.ts"
import { Start, type Place } from "./Place.ts"

// ---------------------------------------------------------------- model

/** A process that takes steps. */
export interface Runner {
  readonly mode: string
  readonly take: () => Promise<Taken>
  readonly measure: () => Promise<Bytes>
  readonly stop: () => void
}

/** What a child process sends: an answer, or what went wrong. */
const Message = t.union([t.strict({ error: t.string }), t.strict({ answer: t.unknown })])

// --------------------------------------------------------- constructors

/** The compiled program is timed: a TypeScript loader would take memory and a thread of the process. */
const script = fileURLToPath(new URL("child.js", import.meta.url))

const alive = new Set<{ readonly kill: (signal: "SIGKILL") => boolean }>()

/** Starts a mode of the file `modes/FILE.ts` at a place and waits until its network is made. */
export const start = async (file: string, mode: string, depth: number, place: Place): Promise<Runner & Start> => {
  const child = fork(script, [file, mode, String(depth), JSON.stringify(place)])
  alive.add(child)
  child.once("exit", () => alive.delete(child))
  const next = <A>(codec: t.Type<A, unknown, unknown>): Promise<A> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null) =>
        reject(new Error(`The mode ${mode} of ${file} ended early, by ${signal ?? `exit code ${code}`}.`))
      child.once("exit", ended)
      child.once("message", (sent) => {
        child.off("exit", ended)
        try {
          const message = decoded(Message, sent)
          if ("error" in message) throw new Error(`The mode ${mode} of ${file} failed: ${message.error}`)
          resolve(decoded(codec, message.answer))
        } catch (error) {
          reject(error)
        }
      })
    })
  const ask = <A>(question: Question, codec: t.Type<A, unknown, unknown>): Promise<A> => {
    const answer = next(codec)
    child.send(question)
    return answer
  }
  const { on, peak } = await next(Start)
  return {
    mode,
    on,
    peak,
    take: () => ask("take", Taken),
    measure: () => ask("measure", Bytes),
    stop: () => child.kill("SIGKILL"),
  }
}

// ---------------------------------------------------------- destructors

/** Ends every child that still runs. */
export const stopAll = (): void => {
  for (const child of alive) child.kill("SIGKILL")
}
