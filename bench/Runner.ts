/**
 * A benchmark's mode in a child process, told to take one step at a time.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("child.ts", import.meta.url))

const alive = new Set()

/** Starts a mode of `modes/FILE` at a place (see `Place.js`) and waits until its network stands. */
export const start = async (file, mode, depth, place) => {
  const child = fork(script, [`./modes/${file}`, mode, String(depth), JSON.stringify(place)])
  alive.add(child)
  child.once("exit", () => alive.delete(child))
  const next = () =>
    new Promise((resolve, reject) => {
      const ended = (code, signal) =>
        reject(new Error(`The mode ${mode} of ${file} ended early, by ${signal ?? `exit code ${code}`}.`))
      child.once("exit", ended)
      child.once("message", ({ answer, error }) => {
        child.off("exit", ended)
        if (error === undefined) resolve(answer)
        else reject(new Error(`The mode ${mode} of ${file} failed: ${error}`))
      })
    })
  const ask = (question) => {
    const answer = next()
    child.send(question)
    return answer
  }
  const { on, peak } = await next()
  return { mode, on, peak, take: () => ask("take"), measure: () => ask("measure"), stop: () => child.kill("SIGKILL") }
}

/** Ends every child that still runs. */
export const stopAll = () => {
  for (const child of alive) child.kill("SIGKILL")
}
