/**
 * `npm run bench`: bijou's speed and memory as ratios between processes that take steps in turn.
 *
 * The tables go to stdout and progress to stderr. Exits with 1 where a stated bound is not reached, and with 2 on options
 * that it cannot follow.
 */
import { constants, accessSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { availableParallelism, cpus } from "node:os"
import { dirname } from "node:path"
import { Argument, Command, InvalidArgumentError, Option } from "commander"
import { backends } from "bijou/tensor"
import { stopAll } from "./Runner.ts"
import { suites } from "./suites.ts"
import { tables } from "./table.ts"

const command = new Command("npm run bench --")
  .description("Measures bijou: ratios between processes that take steps in turn.")
  .addArgument(new Argument("[benchmarks...]", "what to run").choices(Object.keys(suites)).default(Object.keys(suites)))
  .addOption(new Option("--backend <name>", "what tensors run on").choices(backends).default("wasm"))
  .addOption(new Option("--depth <blocks>", "blocks in a network, the paper's K").default(6).argParser(whole(1, 1000)))
  .addOption(new Option("--pairs <count>", "rounds that count").default(9).argParser(whole(1, 10_000)))
  .addOption(
    new Option("--stock-pairs <count>", "rounds against stock TensorFlow.js; 0 leaves it out")
      .default(3)
      .argParser(whole(0, 10_000)),
  )
  .addOption(new Option("--warmup <count>", "rounds before them").default(2).argParser(whole(0, 10_000)))
  .addOption(new Option("--native", "have the BLAS of `npx bijou native` do the matrix products of wasm"))
  .addOption(new Option("--no-op-library", "have tensorflow do without its op library, as on a GPU"))
  .addOption(
    new Option("--threads <count>", "of the BLAS, of TensorFlow and of PyTorch")
      .default(availableParallelism(), "the cores")
      .argParser(whole(1, 1024)),
  )
  .addOption(
    new Option("--workers <counts>", "of the benchmark workers, up to 4: fewest first, with commas between them")
      .default([1, 2], "1,2")
      .argParser((text) => text.split(",").map(whole(1, 4))),
  )
  .addOption(new Option("--torch <python>", "also time PyTorch by this Python, in turn with the others"))
  .addOption(new Option("--json <file>", "also write every time and the machine to a file").argParser(writable))
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

process.exitCode = await main()

async function main() {
  let options
  try {
    command.parse()
    options = command.opts()
  } catch (error) {
    if (error.exitCode === 0) return 0
    process.stderr.write(`${sentence(error.message)}\n`)
    return 2
  }
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => {
      stopAll()
      erase()
      process.stderr.write("Stopped.\n")
      process.exit(signal === "SIGINT" ? 130 : 143)
    })
  try {
    const { backend, native = false, opLibrary, threads } = options
    if (native && backend !== "wasm") throw new RangeError("--native is for the backend wasm. Leave it out.")
    if (!opLibrary && backend !== "tensorflow")
      throw new RangeError("--no-op-library is for the backend tensorflow. Leave it out.")
    const place = { backend, threads: native || backend === "tensorflow" ? threads : null, kernels: true, opLibrary }
    const results = []
    for (const name of new Set(command.processedArgs[0])) {
      const result = await suites[name]({
        ...options,
        place,
        torchThreads: threads,
        progress,
      })
      erase()
      results.push(result)
      process.stdout.write(`${tables(result).join("\n")}\n\n`)
    }
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ ...machine(), results }, null, 2)}\n`)
    return results.every(({ ratios }) => ratios.every(({ reached }) => reached !== false)) ? 0 : 1
  } catch (error) {
    erase()
    process.stderr.write(`${error.message}\n`)
    return error instanceof RangeError ? 2 : 1
  } finally {
    stopAll()
  }
}

/** commander's message as one sentence. */
function sentence(message) {
  const text = message
    .replace(/^error: /, "")
    .replace(" is invalid. ", " is invalid: ")
    .replace(/\.?$/, ".")
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** One line that changes on a terminal, one line a round elsewhere. */
function progress(name, count) {
  return (round, mode, turn) => {
    const place = `${name}: ${round < 0 ? "warm-up" : `round ${round + 1} of ${count}`}`
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${place}, ${mode}`)
    else if (turn === 0) process.stderr.write(`${place}\n`)
  }
}

function erase() {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K")
}

function machine() {
  const require = createRequire(import.meta.url)
  const version = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")).version
  const [cpu] = cpus()
  return {
    date: new Date().toISOString(),
    node: process.version,
    versions: { bijou: version("bijou"), "@tensorflow/tfjs": version("@tensorflow/tfjs") },
    cpu: cpu?.model ?? "unknown",
    cores: availableParallelism(),
  }
}

function whole(least, most) {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`it takes a whole number from ${least} to ${most}`)
  }
}

function writable(file) {
  try {
    accessSync(dirname(file), constants.W_OK)
    return file
  } catch {
    throw new InvalidArgumentError("its folder must be there and let files be written")
  }
}
