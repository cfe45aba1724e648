/**
 * `npm run bench`: bijou's speed and memory as ratios between processes that take steps in turn.
 *
 * The tables go to stdout and progress to stderr. Exits with 1 where a stated bound is not reached, and with 2 on
 * options that it cannot follow.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { createRequire } from "node:module"
import { Argument, Command, CommanderError, Option } from "commander"
import * as t from "io-ts"
import { backends } from "bijou/tensor"
import { orThrow } from "../src/core/orThrow.ts"
import { UnusableInput } from "../src/node/errors/UnusableInput.ts"
import { decoded } from "./decoded.ts"
import { decodeBenchOptions } from "./Options.ts"
import type { Report } from "./pairs.ts"
import type { Place } from "./Place.ts"
import { stopAll } from "./Runner.ts"
import type { Result, Suite } from "./Suite.ts"
import { suites } from "./suites.ts"
import { tables } from "./table.ts"

const names = Object.keys(suites)

const command = new Command("npm run bench --")
  .description("Measures bijou: ratios between processes that take steps in turn.")
  .addArgument(new Argument("[benchmarks...]", "what to run").choices(names).default(names))
  .addOption(new Option("--backend <name>", "what tensors run on").choices(backends).default("wasm"))
  .option("--depth <blocks>", "blocks in a network, the paper's K", "6")
  .option("--pairs <count>", "rounds that count", "9")
  .option("--stock-pairs <count>", "rounds against stock TensorFlow.js; 0 leaves it out", "3")
  .option("--warmup <count>", "rounds before them", "2")
  .option("--native", "have the BLAS of `npx bijou setup blas` do the matrix products of wasm", false)
  .option("--no-op-library", "have tensorflow do without its op library, as on a GPU")
  .addOption(
    new Option("--threads <count>", "of the BLAS, of TensorFlow and of PyTorch").default(
      String(availableParallelism()),
      "the cores",
    ),
  )
  .option("--workers <counts>", "of the benchmark workers, up to 4: fewest first, with commas between them", "1,2")
  .option("--torch <python>", "also time PyTorch by this Python, in turn with the others")
  .option("--json <file>", "also write every time and the machine to a file")
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

process.exitCode = await main()

async function main(): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      stopAll()
      erase()
      process.stderr.write("Stopped.\n")
      process.exit(signal === "SIGINT" ? 130 : 143)
    })
  try {
    command.parse()
    const options = orThrow(decodeBenchOptions(command.opts()))
    const { backend, native, opLibrary, threads } = options
    const place: Place = {
      backend,
      threads: native || backend === "tensorflow" ? threads : null,
      kernels: true,
      opLibrary,
    }
    const results: Result[] = []
    for (const suite of chosen(command.args)) {
      const result = await suite({ ...options, place, torchThreads: threads, progress })
      erase()
      results.push(result)
      process.stdout.write(`${tables(result).join("\n")}\n\n`)
    }
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ ...machine(), results }, null, 2)}\n`)
    return results.every(({ ratios }) => ratios.every(({ reached }) => reached !== false)) ? 0 : 1
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0 // it has printed its help
    erase()
    const isInput = [CommanderError, UnusableInput, RangeError].some((kind) => error instanceof kind)
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${error instanceof CommanderError ? sentence(message) : message}\n`)
    return isInput ? 2 : 1
  } finally {
    stopAll()
  }
}

/** The suites with these names, each once and in this order; all where none is named. */
function chosen(given: ReadonlyArray<string>): ReadonlyArray<Suite> {
  const known: ReadonlyMap<string, Suite> = new Map(Object.entries(suites))
  return [...new Set(given.length === 0 ? names : given)].flatMap((name) => known.get(name) ?? [])
}

/** commander's message as one sentence. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(" is invalid. ", " is invalid: ")
    .replace(/\.?$/, ".")
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** One line that changes on a terminal, one line per round elsewhere. */
function progress(name: string, count: number): Report {
  return (round, mode, turn) => {
    const place = `${name}: ${round < 0 ? "warm-up" : `round ${round + 1} of ${count}`}`
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${place}, ${mode}`)
    else if (turn === 0) process.stderr.write(`${place}\n`)
  }
}

function erase(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K")
}

function machine() {
  const require = createRequire(import.meta.url)
  const version = (name: string) =>
    decoded(t.type({ version: t.string }), JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")))
      .version
  const [cpu] = cpus()
  return {
    date: new Date().toISOString(),
    node: process.version,
    versions: { bijou: version("bijou"), "@tensorflow/tfjs": version("@tensorflow/tfjs") },
    cpu: cpu?.model ?? "unknown",
    cores: availableParallelism(),
  }
}
