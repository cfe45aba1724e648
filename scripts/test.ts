/**
 * Runs the tests, reports how many laws of the catalogue ran on each backend, and prints as its very last line `N
 * passed, N failed`, with `, N skipped` when any were skipped.
 *
 * A run of everything also fails where the environment requires a backend (`BIJOU_NATIVE=required`) and no law ran on
 * it. Arguments go on to vitest, whose exit code is this program's. A vitest that dies before it reports counts as one
 * failure.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { lawsRun, table, TestFile, unkept } from "./lawsRun.ts"

/** What is used of the report of vitest's reporter `json`. */
const Report = t.type({
  numPassedTests: t.number,
  numFailedTests: t.number,
  numPendingTests: t.number,
  numTodoTests: t.number,
  testResults: t.readonlyArray(t.intersection([TestFile, t.type({ status: t.string })])),
})

type Report = t.TypeOf<typeof Report>

const manifest = createRequire(import.meta.url).resolve("vitest/package.json")
const vitest = join(dirname(manifest), "vitest.mjs")
const folder = mkdtempSync(join(tmpdir(), "bijou-test-"))
const file = join(folder, "report.json")

const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...process.argv.slice(2)],
  { stdio: "inherit" },
)

const report = read()
rmSync(folder, { recursive: true, force: true })
const [line, code] = report === null ? (["0 passed, 1 failed", 1] as const) : summary(report)
process.exitCode = code
console.log(line)

/** The report; null where there is none. */
function read(): Report | null {
  try {
    const decoded = Report.decode(JSON.parse(readFileSync(file, "utf8")))
    return E.isRight(decoded) ? decoded.right : null
  } catch {
    return null
  }
}

/** A file that fails outside its tests (an import, a hook) holds no failed test, yet counts as one. */
function summary(report: Report): readonly [line: string, code: number] {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((result) => result.status !== "failed"),
  ).length
  const failed = numFailedTests + broken
  const unexplained = status !== 0 && failed === 0 ? 1 : 0
  const skipped = numPendingTests + numTodoTests
  const places = lawsRun(testResults)
  const missing = process.argv.length > 2 ? [] : unkept(places, process.env)
  if (Object.keys(places).length > 0) console.log(["", ...table(places), ...missing, ""].join("\n"))
  const counts = [`${numPassedTests} passed`, `${failed + unexplained + missing.length} failed`]
  const line = [...counts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ")
  return [line, missing.length > 0 ? 1 : (status ?? 1)]
}
