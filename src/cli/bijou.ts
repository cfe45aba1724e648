#!/usr/bin/env node
/**
 * The command `bijou`.
 *
 * Exit codes: 0 for success, 1 for a bad result, 2 for bad input or something missing, 128 + n after signal n: 130
 * after Ctrl-C, 143 after `kill`, 129 after its terminal was closed, 141 after its output was closed.
 */
import { createRequire } from "node:module"
import { Command, CommanderError } from "commander"
import { orThrow } from "../core/orThrow.ts"
import { NativeUnavailable } from "../node/errors/NativeUnavailable.ts"
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import { BackendUnavailable } from "../tensor/errors/BackendUnavailable.ts"
import { decodeCheckOptions } from "./check/CheckOptions.ts"
import { columns } from "./columns.ts"
import { example } from "./example.ts"
import { endWithOutput } from "./Interrupt.ts"
import { decodeLedgerOptions } from "./ledger/LedgerOptions.ts"
import { addSetup } from "./setup/addSetup.ts"
import { decodeStartOptions } from "./start/StartOptions.ts"

const program = new Command("bijou")
  .description("Exactly reversible neural networks: training without stored activations")
  .version(
    String(createRequire(import.meta.url)("bijou/package.json").version),
    "-V, --version",
    "Show the version and exit",
  )
  .helpOption("-h, --help", "Show this help and exit")
  .helpCommand(false)
  .enablePositionalOptions() // so that a command can have a --version of its own
  .configureHelp({
    minWidthToWrap: 30,
    subcommandTerm: (command) => command.name(),
    optionDescription: ({ description, defaultValue }) =>
      typeof defaultValue === "string" ? `${description} (default: ${defaultValue})` : description,
  })
  .configureOutput({ writeErr: () => {}, getOutHelpWidth: columns })
  .exitOverride()
  .addHelpText("after", example("npx bijou start --steps 50"))

program
  .command("start")
  .description("Train a byte-level GPT, rebuild its activations bit for bit, and report memory and time")
  .option("--data <path>", "Text to train on, a file or a folder (default: bijou's own declaration files)")
  .option("--steps <n>", "Training steps", "100")
  .option("--depth <n>", "Number of blocks", "6")
  .option("--width <n>", "Width of the activations", "128")
  .option("--heads <n>", "Attention heads, which must divide the width", "4")
  .option("--batch <n>", "Samples per step", "16")
  .option(
    "--micro-batch <n>",
    "Samples evaluated together (default: 8 on wasm, on cpu and with workers where 8 divides the batch, else the batch)",
  )
  .option("--workers <n>", "Threads that share each batch; the bits do not depend on their number (default: none)")
  .option("--context <n>", "Context length in bytes", "64")
  .option("--seed <n>", "Seed of parameters, samples and gammas", "1")
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "Do not use the BLAS on wasm")
  .option(
    "--threads <n>",
    "Threads of the BLAS per worker, or of TensorFlow in total (default: all cores, or 1 with --workers)",
  )
  .option(
    "--budget <memory>",
    "Most memory that tensors may use during training, in all threads, such as 64MB (default: reverse every block)",
  )
  .option("--out <folder>", "Folder for report.json", "out/start")
  .option("--no-depths", "Skip the table of depths, which takes as long as a short training")
  .option("--save <file>", "Write checkpoints (safetensors) before, during and at the end of training")
  .option("--save-minutes <n>", "Minutes between checkpoints (default: 10)")
  .option("--save-steps <n>", "Also write a checkpoint every n steps")
  .option("--resume <file>", "Resume from a checkpoint, with the bits of an uninterrupted run")
  .option(
    "--allow-other-bits",
    "Resume on another backend, BLAS or number of threads, although it computes other bits",
    false,
  )
  .allowExcessArguments(false)
  .addHelpText("after", example("npx bijou start --depth 12 --budget 64MB"))
  .action(async (_: unknown, command: Command) => {
    const given = {
      data: undefined,
      microBatch: undefined,
      workers: undefined,
      threads: undefined,
      budget: undefined,
      save: undefined,
      saveMinutes: undefined,
      saveSteps: undefined,
      ...command.opts(),
    }
    const file = command.getOptionValue("resume") as string | undefined // commander's own type is any
    const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli"
    const from = file === undefined ? null : await (await import("./start/Resumed.ts")).resume(file, given, isGiven)
    const options = orThrow(decodeStartOptions(from?.given ?? given))
    const { start } = await import("./start/start.ts")
    try {
      process.exitCode = await start(options, from?.resumed ?? null)
    } finally {
      await from?.resumed.source.close()
    }
  })

program
  .command("check")
  .description("Check the laws of the bijections, residuals and layers that a module exports")
  .argument(
    "[module[#export]]",
    "TypeScript or JavaScript file, or one of its exports (default: everything in bijou itself)",
  )
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "Do not use the BLAS on wasm")
  .option("--threads <n>", "Threads of the BLAS or TensorFlow (default: all cores)")
  .option("--no-kernels", "Use TensorFlow.js operations in place of custom kernels")
  .option("--preset <name>", "quick (seconds) or thorough", "quick")
  .option("--runs <n>", "Cases per law (default: set by the preset)")
  .option("--seed <n>", "Seed of all cases", "1")
  .option("--law <name>", "Check this law only")
  .option("--path <path>", "Repeat one case of that law, as a report names it")
  .option("--json", "Print the report as JSON", false)
  .allowExcessArguments(false)
  .addHelpText("after", example("npx bijou check block.ts"))
  .action(async (target: string | undefined, given: unknown) => {
    const options = orThrow(
      decodeCheckOptions({
        threads: undefined,
        runs: undefined,
        law: undefined,
        path: undefined,
        ...Object(given),
      }),
    )
    const { check } = await import("./check/check.ts").catch(missing)
    process.exitCode = await check(target, options)
  })

program
  .command("ledger")
  .description("Show the memory of a GPT's training step by owner, and fit it to a budget")
  .option("--depth <n>", "Number of blocks", "6")
  .option("--width <n>", "Width of the activations", "128")
  .option("--heads <n>", "Attention heads, which must divide the width", "4")
  .option("--batch <n>", "Samples per step", "16")
  .option("--context <n>", "Context length in tokens", "64")
  .option("--vocabulary <n>", "Number of token ids", "256")
  .option("--seed <n>", "Seed of parameters and gammas", "1")
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "Do not use the BLAS on wasm")
  .option("--threads <n>", "Threads of the BLAS or TensorFlow (default: all cores)")
  .option("--plan <name>", "reversed or taped", "reversed")
  .option("--budget <memory>", "Most memory that tensors may use, such as 64MB; takes the fastest plan that fits")
  .option("--predict", "Derive everything from shapes and compute nothing, for networks of any size", false)
  .option("--json", "Print the ledger as JSON", false)
  .option("--svg <file>", "Also draw the memory over the step")
  .allowExcessArguments(false)
  .addHelpText("after", example("npx bijou ledger --depth 24 --predict"))
  .action(async (given: unknown) => {
    const options = orThrow(
      decodeLedgerOptions({ threads: undefined, budget: undefined, svg: undefined, ...Object(given) }),
    )
    const { ledger } = await import("./ledger/ledger.ts")
    process.exitCode = await ledger(options)
  })

program
  .command("doctor")
  .description("Report for each backend its speed, whether it repeats the same bits, and what is missing")
  .option("--json", "Print the report as JSON", false)
  .allowExcessArguments(false)
  .addHelpText("after", example("npx bijou doctor"))
  .action(async ({ json }: { readonly json: boolean }) => {
    const { doctor } = await import("./doctor/doctor.ts")
    process.exitCode = await doctor({ json })
  })

addSetup(program)

program
  .command("native", { hidden: true })
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .action(() => {
    throw new UnusableInput("bijou native is now bijou setup. Run: npx bijou setup blas, or npx bijou setup tensorflow")
  })

endWithOutput()

try {
  if (process.argv.length > 2) await program.parseAsync()
  else program.outputHelp()
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) complain(`${error.message.replace(/^error: |\.$/g, "")}. See bijou --help.`, 2)
  } else if (
    error instanceof UnusableInput ||
    error instanceof NativeUnavailable ||
    error instanceof BackendUnavailable
  ) {
    complain(error.message, 2)
  } else {
    complain(error instanceof Error ? error.message : String(error), 1)
  }
}

/** Names a peer dependency that is not installed; rethrows every other error. */
function missing(error: unknown): never {
  const [, name] = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : "") ?? []
  if (name === undefined) throw error
  throw new UnusableInput(`This command needs the package ${name}, which is not installed. Run: npm install ${name}`)
}

function complain(sentence: string, exitCode: number): void {
  process.stderr.write(`bijou: ${sentence}\n`)
  process.exitCode = exitCode
}
