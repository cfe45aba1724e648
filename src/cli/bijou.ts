#!/usr/bin/env node
/**
 * The command `bijou`. Exit codes: 0 done, 1 a result is not as it should be, 2 bad input, 130 ended by Ctrl-C.
 */
import { createRequire } from "node:module"
import { Command, CommanderError } from "commander"
import { either as E } from "fp-ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { decodeStartOptions } from "./StartOptions.ts"

const program = new Command("bijou")
  .description("Exact reversible networks: training without stored activations")
  .version(String(createRequire(import.meta.url)("bijou/package.json").version))
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

program
  .command("start")
  .description("train a byte-level GPT, rebuild its activations bit for bit, and show what that costs")
  .option("--data <file or folder>", "text to learn (default: the declarations of the typescript package)")
  .option("--steps <n>", "training steps", "100")
  .option("--depth <n>", "blocks, the paper's K", "6")
  .option("--width <n>", "width of an activation", "128")
  .option("--heads <n>", "attention heads, which divide the width", "4")
  .option("--batch <n>", "samples a step", "16")
  .option("--context <n>", "bytes the network sees at once", "64")
  .option("--seed <n>", "seed of parameters, samples and gammas", "1")
  .option("--backend <name>", "wasm or cpu", "wasm")
  .option("--out <folder>", "where report.json goes", "out/start")
  .allowExcessArguments(false)
  .action(async (given: unknown) => {
    const options = decodeStartOptions({ data: undefined, ...Object(given) })
    if (E.isLeft(options)) throw options.left
    const { start } = await import("./start.ts")
    process.exitCode = await start(options.right)
  })

try {
  if (process.argv.length > 2) await program.parseAsync()
  else program.outputHelp()
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) complain(`${error.message.replace(/^error: |\.$/g, "")}. See bijou --help.`, 2)
  } else if (error instanceof UnusableInput) {
    complain(error.message, 2)
  } else {
    complain(error instanceof Error ? error.message : String(error), 1)
  }
}

function complain(sentence: string, exitCode: number): void {
  process.stderr.write(`bijou: ${sentence}\n`)
  process.exitCode = exitCode
}
