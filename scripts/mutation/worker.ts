/**
 * A compiler and a vitest that stay: told of a mutant, they say whether it compiles, and whether a test notices.
 *
 * The mutant is never written to disk. Vite serves its text in the place of the file's, and everything else comes from
 * the cache of the run before.
 */
import { join } from "node:path"
import { createVitest } from "vitest/node"
import { compiler } from "./Compiler.ts"
import { sources } from "./sources.ts"

const root = process.cwd()
const { compiles } = compiler(root, sources(root))
const mutant = { path: "", text: "" }

const vitest = await createVitest(
  "test",
  {
    root,
    watch: false,
    bail: 1,
    isolate: false,
    pool: "threads", // started twice as fast as processes
    maxWorkers: 1,
    reporters: [{ onTestCaseResult: () => process.send("on its way") }],
  },
  { plugins: [{ name: "mutant", enforce: "pre", load: (id) => (id === mutant.path ? mutant.text : null) }] },
)
await vitest.standalone()
const project = vitest.getRootProject()

/** Serves `text` for the file from now on, and the file of the mutant before as it is. */
const put = (file, text) => {
  if (mutant.path !== "") vitest.invalidateFile(mutant.path)
  mutant.path = join(root, file)
  mutant.text = text
  vitest.invalidateFile(mutant.path)
}

/** Whether the test files pass, one after the other up to the first test that fails. */
const outcome = async (tests) => {
  const paths = tests.map((test) => join(root, test))
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    paths.map((path) => project.createSpecification(path)),
  )
  if (unhandledErrors.some(({ code }) => code === "ERR_WORKER_OUT_OF_MEMORY")) return "died"
  const ran = testModules.filter(({ moduleId }) => paths.includes(moduleId)) // the others are of former runs
  return unhandledErrors.length === 0 && ran.every((module) => module.ok()) ? "passed" : "failed"
}

const answers = {
  compile: ({ file, text }) => (compiles(file, text) ? "compiles" : "fails"),
  run: ({ tests }) => outcome(tests),
  mutate: ({ file, text, tests }) => {
    put(file, text)
    return outcome(tests)
  },
}

process.on("message", async (question) => process.send(await answers[question.ask](question)))
process.on("disconnect", () => process.exit())
process.send("ready")
