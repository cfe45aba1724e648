/**
 * The command line of `bijou setup`.
 */
import type { Command } from "commander"
import { orThrow } from "../../core/orThrow.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { example } from "../example.ts"
import { purposes } from "./purposes.ts"
import { decodeBlasOptions, decodeTensorflowOptions } from "./SetupOptions.ts"

// ----------------------------------------------------------- combinators

/** Adds the command and its subcommands to the program. */
export const addSetup = (program: Command): void => {
  const setup = program
    .command("setup")
    .description("Set up a BLAS, TensorFlow or WebGPU as a faster backend")
    .usage("[blas | tensorflow | webgpu]")
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText("after", example("npx bijou setup blas"))
    .action(async (_: unknown, { args: [unknown] }: Command) => {
      if (unknown !== undefined)
        throw new UnusableInput(`bijou setup knows blas, tensorflow and webgpu, not ${JSON.stringify(unknown)}.`)
      const { setup } = await import("./setup.ts")
      process.exitCode = await setup()
    })

  setup
    .command("blas")
    .description(purposes.blas)
    .option(
      "--from <origin>",
      "auto, system (Accelerate or OpenBLAS) or pypi (OpenBLAS, checked by its digest)",
      "auto",
    )
    .option("--remove", "Remove the BLAS that was set up", false)
    .allowExcessArguments(false)
    .addHelpText("after", example("npx bijou setup blas --from pypi"))
    .action(async (given: unknown) => {
      const options = orThrow(decodeBlasOptions(given))
      const { setupBlas } = await import("./setupBlas.ts")
      process.exitCode = await setupBlas(options)
    })

  setup
    .command("tensorflow")
    .summary(purposes.tensorflow)
    .description(
      `${purposes.tensorflow}. Needs pip, npm, a C++ compiler and 1.7 GB of disk while it runs, 1.2 GB afterwards.`,
    )
    .option("--version <version>", "Version of TensorFlow (default: 2.21.0)")
    .option("--gpu", "Set up the TensorFlow for NVIDIA GPUs, which needs 12 GB of disk while it runs", false)
    .option("--remove", "Remove the TensorFlow that was set up", false)
    .allowExcessArguments(false)
    .addHelpText("after", example("npx bijou setup tensorflow"))
    .action(async (given: object) => {
      const options = orThrow(decodeTensorflowOptions({ version: undefined, ...given }))
      const { setupTensorflow } = await import("./setupTensorflow.ts")
      process.exitCode = await setupTensorflow(options)
    })

  setup
    .command("webgpu")
    .summary(purposes.webgpu)
    .description(`${purposes.webgpu}, and say what is missing otherwise`)
    .allowExcessArguments(false)
    .addHelpText("after", example("npx bijou setup webgpu"))
    .action(async () => {
      const { setupWebgpu } = await import("./setupWebgpu.ts")
      process.exitCode = await setupWebgpu()
    })
}
