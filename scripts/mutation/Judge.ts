/**
 * A worker under a time limit: what comes of a mutant.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Answer, onItsWay, type Question } from "./messages.ts"
import type { Mutant } from "./mutants.ts"
import { planner } from "./sources.ts"
import type { Verdict } from "./Verdicts.ts"

// ---------------------------------------------------------------- model

export interface Judge {
  readonly verdict: (mutant: Mutant) => Promise<Verdict>
  readonly end: () => void
}

interface Worker {
  /** The answer, or `died` where no test ends for `limit` milliseconds, or the worker has ended. */
  readonly ask: (question: Question, limit?: number) => Promise<Answer>
  /** The longest time between two tests so far, in milliseconds. */
  readonly longestPause: () => number
  readonly end: () => void
}

const named = (...names: ReadonlyArray<string>): ReadonlyArray<string> => names.map((name) => `test/${name}.test.ts`)

const formulas = ["", ".coupling", ".twoStep", ".buffer", ".haar", ".families"].map((part) => `block/formula${part}`)

/**
 * The tests that are asked about a mutant in each folder, the likely killers first. Those that take seconds are left
 * out, laws and depths: a survivor meets every test, and there are a hundred of them.
 */
const orders: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: named("core/parts", "core/owners", "core/core", "exact/space", "exact/exact", "block/families.laws"),
  exact: named(
    "exact/space",
    "exact/exact",
    "exact/informationBuffer",
    "core/core",
    ...formulas,
    "block/families.laws",
  ),
  block: named(...formulas, "core/core", "block/families", "block/families.laws"),
}

/** What finds plans within a budget has a test of its own, which nothing else fails. */
const budgets = named("train/fastestSchedule")

const testsFor = (file: string): ReadonlyArray<string> => {
  const tests = planner.includes(file) ? budgets : orders[file.split("/")[1] ?? ""]
  if (tests === undefined) throw new Error(`There are no tests for ${file}. Add those of its folder.`)
  return tests
}

const script = fileURLToPath(new URL("worker.ts", import.meta.url))
const alive = new Set<() => void>()

// --------------------------------------------------------- constructors

/** Starts a judge, who first sees every test pass on the sources as they are, and how long the slowest takes. */
export const judge = async (root: string): Promise<Judge> => {
  let worker = await hire(root)
  for (const tests of [...Object.values(orders), budgets])
    if ((await worker.ask({ ask: "run", tests })) !== "passed")
      throw new Error(`Before anything is mutated, these must pass: ${tests.join(", ")}.`)
  const limit = Math.max(15_000, 5 * worker.longestPause())

  const verdict = async ({ file, text }: Mutant): Promise<Verdict> => {
    if ((await worker.ask({ ask: "compile", file, text })) === "fails") return "does not compile"
    const outcome = await worker.ask({ ask: "mutate", file, text, tests: testsFor(file) }, limit)
    if (outcome !== "died") return outcome === "failed" ? "killed" : "survived"
    worker.end()
    worker = await hire(root)
    return "timed out"
  }
  return { verdict, end: () => worker.end() }
}

/** Ends every worker and what it has started. */
export const endAll = (): void => {
  for (const end of alive) end()
}

/** A worker in a process group of its own: a test that loops for ever can be ended only from outside. */
const hire = async (root: string): Promise<Worker> => {
  const child = fork(script, { cwd: root, detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const end = () => {
    alive.delete(end)
    child.removeAllListeners("exit")
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
    } catch {
      // It has ended by itself.
    }
  }
  alive.add(end)
  let longest = 0
  const answer = (limit?: number): Promise<Answer> =>
    new Promise((resolve) => {
      let late: NodeJS.Timeout | undefined
      let last = performance.now()
      const wait = () => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
        clearTimeout(late)
        if (limit !== undefined) late = setTimeout(() => done("died"), limit)
      }
      const heard = (message: unknown) => {
        wait()
        if (message !== onItsWay && Answer.is(message)) done(message)
      }
      const done = (value: Answer) => {
        clearTimeout(late)
        child.off("message", heard)
        child.off("exit", ended)
        resolve(value)
      }
      const ended = () => done("died")
      child.on("message", heard)
      child.on("exit", ended)
      wait()
    })
  if ((await answer()) === "died") throw new Error("A worker does not start.")
  longest = 0
  return {
    ask: (question: Question, limit?: number) => {
      const answered = answer(limit)
      child.send(question)
      return answered
    },
    longestPause: () => longest,
    end,
  }
}
