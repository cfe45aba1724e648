/**
 * Runs the tests, tells how many laws of the catalogue ran on each backend, and prints as its very last line `N passed, N failed`, with
 * `, N skipped` when any were skipped.
 *
 * A run of everything also fails where the environment requires a backend (`BIJOU_NATIVE=required`) and no law ran on it.
 * Arguments go on to vitest, whose exit code is this program's. A vitest that dies before it reports counts as one failure.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { lawsRun, table, unkept } from "./lawsRun.ts"

const manifest = createRequire(import.meta.url).resolve("vitest/package.json")
const vitest = join(dirname(manifest), "vitest.mjs")
const folder = mkdtempSync(join(tmpdir(), "bijou-test-"))
const report = join(folder, "report.json")

const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: "inherit" },
)

const [line, code] = summary()
rmSync(folder, { recursive: true, force: true })
process.exitCode = code
console.log(line)

/** A file that fails outside its tests (an import, a hook) holds no failed test, yet counts as one. */
function summary() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    )
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
  } catch {
    return ["0 passed, 1 failed", 1]
  }
}
