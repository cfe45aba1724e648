#!/usr/bin/env node
/**
 * The command `bijou`. Exit codes: 0 done, 1 a result is not as it should be, 2 bad input or something missing, and 128 + n where the signal n
 * ended it: 130 by Ctrl-C, 143 by `kill`, 129 with its terminal, 141 where nobody reads on.
 */
import { createRequire } from "node:module"
import { Command, CommanderError } from "commander"
import { orThrow } from "../core/orThrow.ts"
import { NativeUnavailable } from "../node/errors/NativeUnavailable.ts"
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import { BackendUnavailable } from "../tensor/errors/BackendUnavailable.ts"
import { decodeCheckOptions } from "./check/CheckOptions.ts"
import { endWithOutput } from "./Interrupt.ts"
import { decodeLedgerOptions } from "./ledger/LedgerOptions.ts"
import { decodeNativeOptions } from "./setup/SetupOptions.ts"
import { decodeStartOptions } from "./start/StartOptions.ts"

const program = new Command("bijou")
  .description("Exact reversible networks: training without stored activations")
  .version(String(createRequire(import.meta.url)("bijou/package.json").version))
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

program
  .command("start")
  .description("train a byte-level GPT, rebuild its activations bit for bit, and show what that costs")
  .option("--data <file or folder>", "text to learn (default: bijou's own declaration files)")
  .option("--steps <n>", "training steps", "100")
  .option("--depth <n>", "blocks, the paper's K", "6")
  .option("--width <n>", "width of an activation", "128")
  .option("--heads <n>", "attention heads, which divide the width", "4")
  .option("--batch <n>", "samples a step", "16")
  .option(
    "--micro-batch <n>",
    "samples evaluated at once (default: 8 on wasm and cpu and for workers, where that divides the batch; else the batch)",
  )
  .option("--workers <n>", "threads that share every batch; the bits are those of one (default: none but this)")
  .option("--context <n>", "bytes the network sees at once", "64")
  .option("--seed <n>", "seed of parameters, samples and gammas", "1")
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "leave matrix products to wasm where a BLAS is set up")
  .option(
    "--threads <n>",
    "threads of the BLAS in each worker, or of TensorFlow in all (default: the cores, or 1 with --workers)",
  )
  .option(
    "--budget <memory>",
    "the most that tensors may take while training, in all threads, such as 64MB (default: all reversed)",
  )
  .option("--out <folder>", "where report.json goes", "out/start")
  .option("--no-depths", "skip the table of depths, which takes as long as a short training")
  .option(
    "--save <file>",
    "write checkpoints: before training, during it, and at its end, whatever ends it (safetensors)",
  )
  .option("--save-minutes <n>", "minutes between checkpoints (default: 10)")
  .option("--save-steps <n>", "also write one every n steps")
  .option("--resume <file>", "go on from a checkpoint, with the bits of a run that never stopped")
  .option("--allow-other-bits", "resume on another backend, BLAS or number of threads, with other bits", false)
  .allowExcessArguments(false)
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
  .command("ledger")
  .description("tell every byte of a GPT's training step by owner, and fit it to a budget")
  .option("--depth <n>", "blocks, the paper's K", "6")
  .option("--width <n>", "width of an activation", "128")
  .option("--heads <n>", "attention heads, which divide the width", "4")
  .option("--batch <n>", "samples a step", "16")
  .option("--context <n>", "tokens the network sees at once", "64")
  .option("--vocabulary <n>", "number of token ids", "256")
  .option("--seed <n>", "seed of parameters and gammas", "1")
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "leave matrix products to wasm where a BLAS is set up")
  .option("--threads <n>", "threads of the BLAS or TensorFlow (default: the cores)")
  .option("--plan <name>", "reversed or taped", "reversed")
  .option("--budget <memory>", "the most that tensors may take, such as 64MB: the fastest plan that fits is taken")
  .option(
    "--predict",
    "tell it from shapes alone: nothing is computed, and the network need not fit this machine",
    false,
  )
  .option("--json", "print it as JSON", false)
  .option("--svg <file>", "also draw memory through the step")
  .allowExcessArguments(false)
  .action(async (given: unknown) => {
    const options = orThrow(
      decodeLedgerOptions({ threads: undefined, budget: undefined, svg: undefined, ...Object(given) }),
    )
    const { ledger } = await import("./ledger/ledger.ts")
    process.exitCode = await ledger(options)
  })

program
  .command("check")
  .description("try all laws on the subjects { bijection | residual | layer, inputs } that a module exports")
  .argument(
    "[module[#export]]",
    "TypeScript or JavaScript; without #export every subject in it, without a module the library itself",
  )
  .option("--backend <name>", "wasm, cpu, webgpu or tensorflow", "wasm")
  .option("--no-native", "leave matrix products to wasm where a BLAS is set up")
  .option("--threads <n>", "threads of the BLAS or TensorFlow (default: the cores)")
  .option("--no-kernels", "compose tfjs's operations where the library has kernels of its own")
  .option("--preset <name>", "quick (seconds) or thorough", "quick")
  .option("--runs <n>", "cases a law (default: by the preset)")
  .option("--seed <n>", "seed of all cases", "1")
  .option("--law <name>", "this law alone")
  .option("--path <path>", "one case of that law, from a report")
  .option("--json", "print the report as JSON", false)
  .allowExcessArguments(false)
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
  .command("native")
  .description("find or fetch a BLAS, with which the backend wasm multiplies at native speed, or set TensorFlow up")
  .option("--from <origin>", "auto, system (Accelerate or OpenBLAS), or pypi (a pinned OpenBLAS)", "auto")
  .option(
    "--tensorflow",
    "set up the backend tensorflow (Linux; pip, npm and a C++ compiler; 1.2 GB, 1.7 while it is set up)",
    false,
  )
  .option("--gpu", "with --tensorflow: the TensorFlow that runs on an NVIDIA GPU (12 GB while it is set up)", false)
  .option("--tensorflow-version <version>", "with --tensorflow: another version than 2.21.0")
  .option("--remove", "remove what was set up", false)
  .allowExcessArguments(false)
  .action(async (given: unknown) => {
    const options = orThrow(decodeNativeOptions({ tensorflowVersion: undefined, ...Object(given) }))
    const { native } = await import("./setup/setup.ts")
    process.exitCode = await native(options)
  })

program
  .command("doctor")
  .description("tell what every backend can do here: speed, same bits twice, and what is missing")
  .option("--json", "print it as JSON", false)
  .allowExcessArguments(false)
  .action(async ({ json }: { readonly json: boolean }) => {
    const { doctor } = await import("./doctor/doctor.ts")
    process.exitCode = await doctor({ json })
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

/** A peer that is not installed is named; whatever else kept the command from loading is thrown on. */
function missing(error: unknown): never {
  const [, name] = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : "") ?? []
  if (name === undefined) throw error
  throw new UnusableInput(`This command needs the package ${name}, which is not installed. Run: npm install ${name}`)
}

function complain(sentence: string, exitCode: number): void {
  process.stderr.write(`bijou: ${sentence}\n`)
  process.exitCode = exitCode
}
