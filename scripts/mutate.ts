/**
 * `npm run mutate`: makes one thing wrong at a time in `core`, `exact` and `block`, and checks whether a test notices.
 *
 * Arguments name the files to mutate; without any, all are. The outcome is written to `test/MUTANTS.md` once every
 * mutant of every file has a verdict, from this run or for unchanged sources from an earlier one. Exits with 1 where
 * the score is 90 % or less, a survivor has no reason in `survivors.json` or a reason no survivor, and with 2 where it
 * cannot begin.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { setPriority } from "node:os"
import { fileURLToPath } from "node:url"
import { document, scoreOf, summary } from "./mutation/document.ts"
import { endAll, judge } from "./mutation/Judge.ts"
import { mutantsOf, type Mutant } from "./mutation/mutants.ts"
import { readReasons } from "./mutation/Reasons.ts"
import { sources } from "./mutation/sources.ts"
import { remember, remembered, type Judged } from "./mutation/Verdicts.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const judges = 2
const leastScore = 90

setPriority(10) // this takes most of an hour, in the background
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    endAll()
    process.stderr.write("\nStopped.\n")
    process.exit(signal === "SIGINT" ? 130 : 143)
  })

process.exitCode = await main(process.argv.slice(2)).finally(endAll)

async function main(chosen: ReadonlyArray<string>): Promise<number> {
  const all = sources(root)
  const unknown = chosen.find((file) => !all.includes(file))
  if (unknown !== undefined) {
    process.stderr.write(`${unknown} is none of the sources that are mutated: ${all.join(", ")}.\n`)
    return 2
  }
  const files = chosen.length === 0 ? all : chosen
  const mutants = files.flatMap(mutantsIn)
  process.stderr.write(
    `${mutants.length} mutants of ${files.length} files. First all tests, on the sources as they are.\n`,
  )
  try {
    remember(await judgeAll(mutants))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }

  const reasons = readReasons()
  const every = all.flatMap(mutantsIn)
  const results = remembered(every).map((result) => ({
    ...result,
    reason: result.verdict === "survived" ? reasons.of(result) : null,
  }))
  if (results.length === every.length) {
    const path = fileURLToPath(new URL("../test/MUTANTS.md", import.meta.url))
    writeFileSync(path, await document(results, path))
  }
  const here = results.filter(({ file }) => files.includes(file))
  const open = here.filter(({ verdict, reason }) => verdict === "survived" && reason === null)
  for (const { file, line, source, mutated } of open)
    console.log(`${file}:${line} survives without a reason:\n  ${source}\n  ${mutated}`)
  const idle = reasons.unused().filter(({ file }) => files.includes(file))
  for (const { file, source, mutated } of idle)
    console.log(`${file}: a reason is given, but this does not survive:\n  ${source}\n  ${mutated}`)
  console.log(summary(here))
  return open.length === 0 && idle.length === 0 && scoreOf(here) > leastScore ? 0 : 1
}

function mutantsIn(file: string): ReadonlyArray<Mutant> {
  return mutantsOf(file, readFileSync(new URL(`../${file}`, import.meta.url), "utf8"))
}

/** Every mutant with its verdict, in the order given. */
async function judgeAll(mutants: ReadonlyArray<Mutant>): Promise<ReadonlyArray<Judged>> {
  const results: Judged[] = []
  const waiting = mutants.entries()
  let done = 0
  const work = async () => {
    const { verdict, end } = await judge(root)
    for (const [at, mutant] of waiting) {
      const judged = { ...mutant, verdict: await verdict(mutant) }
      results[at] = judged
      done++
      show(judged, done, mutants.length)
    }
    end()
  }
  await Promise.all(Array.from({ length: Math.min(judges, mutants.length) }, work))
  return results
}

/** Progress, and survivors as soon as they are known. */
function show({ file, line, from, to, verdict }: Judged, done: number, all: number): void {
  const live = process.stderr.isTTY
  if (verdict === "survived" || verdict === "timed out")
    process.stderr.write(`${live ? "\r\u001b[K" : ""}${verdict}: ${file}:${line}: ${from} => ${to}\n`)
  if (live) process.stderr.write(`\r\u001b[K${done} of ${all}, at ${file}:${line}`)
  else if (done % 100 === 0 || done === all) process.stderr.write(`${done} of ${all}\n`)
}
