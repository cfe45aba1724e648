/**
 * A compiler and a vitest that stay: asked about a mutant, they answer whether it compiles, and whether a test notices.
 *
 * The mutant is never written to disk. Vite serves its text in the place of the file's, and everything else comes from
 * the cache of the run before.
 */
import { join } from "node:path"
import { either as E } from "fp-ts"
import { createVitest } from "vitest/node"
import { compiler } from "./Compiler.ts"
import { onItsWay, Question, type Answer, type Outcome } from "./messages.ts"
import { sources } from "./sources.ts"

const root = process.cwd()
const { compiles } = compiler(root, sources(root))
const mutant = { path: "", text: "" }

const send = (message: Answer | typeof onItsWay): void => void process.send?.(message)

const vitest = await createVitest(
  "test",
  {
    root,
    watch: false,
    bail: 1,
    isolate: false,
    pool: "threads", // started twice as fast as processes
    execArgv: [], // Vite compiles TypeScript itself
    maxWorkers: 1,
    reporters: [{ onTestCaseResult: () => send(onItsWay) }],
  },
  { plugins: [{ name: "mutant", enforce: "pre", load: (id) => (id === mutant.path ? mutant.text : null) }] },
)
await vitest.standalone()
const project = vitest.getRootProject()

/** Serves `text` for the file from now on, and the unchanged source for the previous one. */
const put = (file: string, text: string): void => {
  if (mutant.path !== "") vitest.invalidateFile(mutant.path)
  mutant.path = join(root, file)
  mutant.text = text
  vitest.invalidateFile(mutant.path)
}

/** Whether the test files pass, one after the other up to the first test that fails. */
const outcome = async (tests: ReadonlyArray<string>): Promise<Outcome> => {
  const paths = tests.map((test) => join(root, test))
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    paths.map((path) => project.createSpecification(path)),
  )
  if (unhandledErrors.some(isOutOfMemory)) return "died"
  const ran = testModules.filter(({ moduleId }) => paths.includes(moduleId)) // the others are of former runs
  return unhandledErrors.length === 0 && ran.every((module) => module.ok()) ? "passed" : "failed"
}

const isOutOfMemory = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY"

const answer = async (question: Question): Promise<Answer> => {
  switch (question.ask) {
    case "compile":
      return compiles(question.file, question.text) ? "compiles" : "fails"
    case "run":
      return outcome(question.tests)
    case "mutate":
      put(question.file, question.text)
      return outcome(question.tests)
  }
}

process.on("message", async (message) => {
  const question = Question.decode(message)
  if (E.isLeft(question)) throw new Error("A judge asked something else.")
  send(await answer(question.right))
})
process.on("disconnect", () => process.exit())
send("ready")
