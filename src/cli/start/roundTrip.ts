/**
 * The round trip of a network's activations through bytes and another process.
 */
import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { taskEither as TE } from "fp-ts"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import type { Env } from "../../core/Env.ts"
import { run } from "../../core/Program.ts"
import type { RevError } from "../../core/RevError.ts"
import { Side } from "../../core/Side.ts"
import type { Watch } from "../../core/Watch.ts"
import { orThrow } from "../../core/orThrow.ts"
import { differingBits } from "../../exact/bits.ts"
import { float32Side } from "../../exact/float32Space.ts"
import { gpt, GptConfig, type Gpt } from "../../net/Gpt.ts"
import { enterRuntime } from "../../node/runtime/enterRuntime.ts"
import { currentRuntime, Runtime } from "../../tensor/Runtime.ts"
import { parameterSide } from "../../tensor/values/parameterSide.ts"
import { tensorEnv } from "../../tensor/values/tensorWatch.ts"
import { tf } from "../../tensor/tf.ts"
import type { EnvOptions } from "../../core/Env.ts"
import { isTensor } from "../../tensor/values/tree.ts"

// ---------------------------------------------------------------- model

/** How many bits were rebuilt, and how many of them differ from the forward pass. */
export interface RoundTrip {
  readonly bits: number
  readonly differing: number
}

type GptParams = Parameters<Gpt["trunk"]["params"]["leaves"]>[0]

const Meta = t.strict({
  runtime: Runtime,
  config: GptConfig,
  seed: t.number,
  step: t.number,
  samples: t.readonlyArray(t.number),
})

// --------------------------------------------------------- constructors

/**
 * Runs the trunk forward and records every activation, writes the last state and the planes to files, starts another
 * process with `command` that rebuilds all activations from them, and compares bit patterns.
 */
export const roundTrip =
  (
    net: Gpt,
    given: EnvOptions<GptParams>,
    tokens: tf.Tensor,
    command: ReadonlyArray<string>,
  ): TE.TaskEither<RevError | Error, RoundTrip> =>
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "bijou-"))
    try {
      const recorded = await recording(tensorEnv(given), net.trunk.forward(tokens))
      if (E.isLeft(recorded)) return recorded
      const { value, activations } = recorded.right
      const [state, side] = value
      const meta = {
        runtime: currentRuntime(),
        config: net.config,
        seed: given.seed,
        step: given.step ?? 0,
        samples: given.samples ?? [0],
      }
      await writeFile(join(folder, "meta.json"), JSON.stringify(meta))
      await writeFile(join(folder, "parameters"), await parameterSide(net.trunk.params).toBytes(given.params)())
      await writeFile(join(folder, "state"), await stateSide(net).toBytes(state)())
      await writeFile(join(folder, "side"), await net.trunk.side.toBytes(side)())
      tf.dispose([...state, side] as unknown as tf.TensorContainer) // any structure of tensors
      await finished([...command, folder])
      const rebuilt = await activationsSide(net.config.depth - 1).fromBytes(await readFile(join(folder, "rebuilt")))()
      return E.isLeft(rebuilt) ? rebuilt : E.right(compare(rebuilt.right, activations))
    } catch (error) {
      return E.left(error instanceof Error ? error : new Error(String(error)))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

/** Runs in the other process: reads the files of `roundTrip` and writes the activations x_{K-2} .. x_0. */
export const rebuild = async (folder: string): Promise<void> => {
  const meta = decoded(Meta.decode(JSON.parse(await readFile(join(folder, "meta.json"), "utf8"))))
  await enterRuntime(meta.runtime)
  const net = gpt(meta.config)
  const params = decoded(await parameterSide(net.trunk.params).fromBytes(await readFile(join(folder, "parameters")))())
  const state = decoded(await stateSide(net).fromBytes(await readFile(join(folder, "state")))())
  const side = decoded(await net.trunk.side.fromBytes(await readFile(join(folder, "side")))())
  const env = tensorEnv({ params, seed: meta.seed, step: meta.step, samples: meta.samples })
  const { activations } = decoded(await recording(env, net.trunk.inverse(state, side)))
  const bytes = await activationsSide(activations.length).toBytes(activations)()
  await writeFile(join(folder, "rebuilt"), bytes)
}

// ----------------------------------------------------------- combinators

/** Runs a program and copies its activations in order: those it claims to be in range, and those it observes. */
const recording = async <P, A>(
  env: Env<P>,
  program: Parameters<typeof run<P, A>>[0],
): Promise<E.Either<RevError, { readonly value: A; readonly activations: ReadonlyArray<Float32Array> }>> => {
  const seen: tf.Tensor[] = []
  const see = (x: unknown): void => {
    if (isTensor(x)) seen.push(tf.keep(x.clone()))
  }
  const watch: Watch = {
    settle: env.watch.settle,
    expect: (claim) => {
      if (claim._tag === "InRange") see(claim.x)
      env.watch.expect(claim)
    },
    observe: ({ x }) => see(x),
  }
  const result = await run(program)({ ...env, watch })()
  const activations: Float32Array[] = []
  for (const x of seen) {
    activations.push((await x.data()) as Float32Array) // the space has float32 values only
    x.dispose()
  }
  return E.isLeft(result) ? result : E.right({ value: result.right, activations })
}

// ---------------------------------------------------------- destructors

/** Compares the recorded x_0 .. x_K with the rebuilt x_{K-2} .. x_0. */
const compare = (rebuilt: ReadonlyArray<Float32Array>, recorded: ReadonlyArray<Float32Array>): RoundTrip =>
  rebuilt.reduce(
    ({ bits, differing }, x, i) => {
      const original = recorded[rebuilt.length - 1 - i]
      if (original === undefined || original.length !== x.length)
        throw new Error("An activation was rebuilt with another size.")
      return { bits: bits + 32 * x.length, differing: differing + differingBits(x, original) }
    },
    { bits: 0, differing: 0 },
  )

const stateSide = ({ space }: Gpt) => Side.pair(space.value, space.value)

const activationsSide = (count: number) => Side.array(count, float32Side(null))

const finished = ([program = "", ...args]: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] })
    child.once("error", reject)
    child.once("exit", (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The process that rebuilds the activations ended with code ${code}.`))
    })
  })

/** Unwraps a decoded file of the parent process. */
const decoded = <X>(result: E.Either<unknown, X>): X =>
  orThrow(
    E.mapLeft((error) => (error instanceof Error ? error : new Error("The files of the round trip do not decode.")))(
      result,
    ),
  )
