/**
 * A worker under a time limit: what comes of a mutant.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

const named = (...names) => names.map((name) => `test/${name}.test.ts`)

/** The tests that are asked about a mutant in each folder, the quickest killers first. */
const orders = {
  core: named("parts", "owners", "core", "space", "exact", "core.laws"),
  exact: named("space", "exact", "core", "core.laws"),
  block: named("formula", "core", "core.laws"),
}

const script = fileURLToPath(new URL("worker.js", import.meta.url))
const alive = new Set()

/** Starts a judge, who first sees every test pass on the sources as they are, and takes the time. */
export const judge = async (root) => {
  let worker = await hire(root)
  const limits = new Map()
  for (const [folder, tests] of Object.entries(orders)) {
    const begun = performance.now()
    if ((await worker.ask({ ask: "run", tests })) !== "passed")
      throw new Error(`Before anything is mutated, these must pass: ${tests.join(", ")}.`)
    limits.set(folder, 10_000 + 3 * (performance.now() - begun))
  }

  /** `killed`, `survived`, `timed out` or `does not compile`. */
  const verdict = async ({ file, text }) => {
    const folder = file.split("/")[1]
    if ((await worker.ask({ ask: "compile", file, text })) === "fails") return "does not compile"
    const outcome = await worker.ask({ ask: "mutate", file, text, tests: orders[folder] }, limits.get(folder))
    if (outcome !== "died") return outcome === "failed" ? "killed" : "survived"
    worker.end()
    worker = await hire(root)
    return "timed out"
  }
  return { verdict, end: () => worker.end() }
}

/** Ends every worker and what it has started. */
export const endAll = () => {
  for (const end of alive) end()
}

/** A worker in a process group of its own: a test that loops for ever can be ended only from outside. */
const hire = async (root) => {
  const child = fork(script, { cwd: root, detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const end = () => {
    alive.delete(end)
    child.removeAllListeners("exit")
    try {
      process.kill(-child.pid, "SIGKILL")
    } catch {
      // It has ended by itself.
    }
  }
  alive.add(end)
  /** The next message, or `died` where there is none in time, nor any to come. */
  const answer = (limit) =>
    new Promise((resolve) => {
      const late = limit === undefined ? undefined : setTimeout(() => done("died"), limit)
      const done = (value) => {
        clearTimeout(late)
        child.off("message", done)
        child.off("exit", ended)
        resolve(value)
      }
      const ended = () => done("died")
      child.on("message", done)
      child.on("exit", ended)
    })
  if ((await answer()) === "died") throw new Error("A worker does not start.")
  return {
    ask: (question, limit) => {
      const answered = answer(limit)
      child.send(question)
      return answered
    },
    end,
  }
}
