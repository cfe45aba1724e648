/**
 * `bijou start`: trains a byte-level GPT without stored activations, and shows what that costs.
 */
import { createHash } from "node:crypto"
import { access, constants, mkdir, rm } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { either as E } from "fp-ts"
import { Key } from "../core/Key.ts"
import { Plan } from "../core/Plan.ts"
import { gpt, type Gpt } from "../net/Gpt.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { measure, type Cost } from "../report/measure.ts"
import { startProgress } from "../report/Progress.ts"
import { declarations, readText } from "../report/readText.ts"
import { checkPlace, writeWhole } from "../report/outputFile.ts"
import { writeReport, type Report } from "../report/Report.ts"
import { startWorkers, type WorkersMemory } from "../report/workers/startWorkers.ts"
import { roundTrip } from "../report/roundTrip.ts"
import { complaints, summary } from "../report/summary.ts"
import { peakBytes } from "../tensor/buffers.ts"
import { watchFallbacks } from "../tensor/kernels/fallbacks.ts"
import { parameterSide, tensorLeaves } from "../tensor/parameterSide.ts"
import { tensorScope } from "../tensor/tensorScope.ts"
import { AdamW } from "../train/AdamW.ts"
import { Checkpoint } from "../train/Checkpoint.ts"
import { fitTable, planOf, type Fit } from "../train/Fit.ts"
import { generate } from "../train/generate.ts"
import { measureSpeed } from "../train/measureSpeed.ts"
import { Speed } from "../train/Speed.ts"
import { microBatched } from "../train/Gradients.ts"
import type { Trained } from "../train/step.ts"
import { Text } from "../train/Text.ts"
import { descent } from "../train/training.ts"
import { validate } from "../train/validate.ts"
import { fitBudget } from "./fitBudget.ts"
import { gptObjective, type GptTask } from "./gptObjective.ts"
import { listenForInterrupt, type Interrupt } from "./Interrupt.ts"
import { checkText, textDigest, type Notes, type Resumed } from "./Resumed.ts"
import { startBackend } from "./startBackend.ts"
import type { StartOptions } from "./StartOptions.ts"

// ---------------------------------------------------------------- model

type GptTrained = Trained<Parameters<Gpt["network"]["params"]["leaves"]>[0]>

const fractionBits = 9
const sweepDepths = [6, 12, 24]
const timedSteps = 3
const validationBatches = 4
const prompt = "export "

// ---------------------------------------------------------- destructors

/** Runs the command; resolves to its exit code and throws `UnusableInput` or what the network ended in. */
export const start = async (options: StartOptions, resumed: Resumed | null): Promise<number> => {
  const text = await load(options)
  if (resumed !== null) checkText(resumed, digestOf(text))
  await checkFolder(options.out)
  if (options.save !== undefined) await checkPlace("--save", options.save)
  const backend = await startBackend(options.workers === undefined ? options : { ...options, usualThreads: 1 })
  const interrupt = listenForInterrupt("step")
  try {
    return await trainAndMeasure(options, resumed, backend, text, interrupt)
  } finally {
    interrupt.stopListening()
  }
}

const trainAndMeasure = async (
  options: StartOptions,
  resumed: Resumed | null,
  backend: string,
  text: Text,
  interrupt: Interrupt,
): Promise<number> => {
  const { width, heads, depth, context, batch, seed } = options
  const config = { vocabulary: 256, context, width, heads, depth, fractionBits, dropout: 0 }
  const net = gpt(config)
  const before = resumed === null ? fresh(net, seed) : loaded(net, resumed)
  const parameters = tensorLeaves(net.network.params, before.params).reduce((sum, [, { size }]) => sum + size, 0)
  const by =
    options.workers === undefined
      ? ""
      : `${options.workers === 1 ? ", in a worker" : `, in each of ${options.workers} workers`}`
  say(`A GPT of ${parameters.toLocaleString("en-US")} parameters, K = ${depth}, on ${backend}${by}`)
  say(`reads ${(text.train.length + text.validation.length).toLocaleString("en-US")} bytes of text.`)
  const taken = resumed?.run.steps ?? 0
  say(resumed === null ? "" : `It goes on from step ${taken} of ${options.steps}, as ${resumed.file} has it.\n`)

  const held = Array.from({ length: validationBatches }, (_, i) => {
    const part = Math.floor(text.validation.length / validationBatches)
    return Text.even(text.validation.subarray(i * part, (i + 1) * part), context, batch)
  })
  const validation = async ({ params: p }: GptTrained) => orThrow(await validate(net.network, p)(held)())
  const first = resumed?.first ?? (await validation(before))

  const task = { config, seed, bytes: shared(text.train) }
  const fit = resumed === null ? await fitted(net, before, text, options) : resumed.run.fit
  if (fit !== null) say(`${fitTable(fit)}\n`)
  const { result, peak: ownPeak } = await peakBytes(() =>
    train(task, { trained: before, steps: taken }, fit, options, interrupt),
  )
  const { trained, steps, memory } = result
  // What workers share is there while parameters move, and the workers' tensors are not.
  const peak = Math.max(ownPeak + memory.shared, memory.most)
  if (options.save !== undefined) {
    const notes = { "first loss": first, text: digestOf(text) } satisfies Notes
    const { microBatch, workers = null } = options
    const run = { steps, seed, batch, microBatch, workers, ...courseOf(options), fit, network: config, notes }
    await writeWhole("--save", options.save, await Checkpoint.toBytes(net.network.params)({ run, trained })())
  }
  const last = await validation(trained)
  if (steps < options.steps || (await interrupt.requested())) {
    say(
      `\nStopped after step ${steps} of ${options.steps}. Validation loss: ${first.toFixed(3)}, now ${last.toFixed(3)}.`,
    )
    say("No report was written.")
    if (options.save !== undefined) say(`Go on with --resume ${options.save}`)
    return 130
  }

  const bytes = { bytes: new TextEncoder().encode(prompt), count: 200, temperature: 0.7, seed }
  const sample = new TextDecoder().decode(orThrow(await generate(net, trained.params)(bytes)()))
  const samples = Array.from({ length: batch }, (_, i) => steps * batch + i)
  const [tokens, targets] = Text.batch(text.train, context, seed, samples)
  const rebuildProcess = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.resolve("./rebuild.js"))]
  const trip = orThrow(
    await roundTrip(net, { params: trained.params, seed, step: steps, samples }, tokens, rebuildProcess)(),
  )

  const costs = new Map<number, Cost>()
  const depths = [...new Set([...sweepDepths, depth])]
  const progress = startProgress("measuring", depths.length)
  for (const [i, k] of depths.entries()) {
    costs.set(k, orThrow(await measure({ ...config, depth: k }, [tokens, targets], timedSteps)()))
    progress.update(i + 1, `K = ${k}`)
    if (await interrupt.requested()) break
  }
  progress.stop()
  const cost = costs.get(depth)
  if (cost === undefined || costs.size < depths.length) {
    say(`\nStopped while measuring. Validation loss: ${first.toFixed(3)}, now ${last.toFixed(3)}.`)
    say("No report was written.")
    return 130
  }

  const report: Report = {
    ...{ backend, depth, width, heads, batch, context, fractionBits, steps, seed, parameters },
    ...{ microBatch: options.microBatch, workers: options.workers ?? null },
    digest: createHash("sha256")
      .update(await parameterSide(net.network.params).toBytes(trained.params)())
      .digest("hex"),
    loss: { uniform: Math.log(256), unigram: Text.unigram(text), first, last },
    roundTrip: trip,
    held: { reversedBytes: cost.reversedBytes, tapedBytes: cost.tapedBytes },
    msPerStep: { reversed: cost.reversedMs, taped: cost.tapedMs },
    sweep: sweepDepths.flatMap((k) => costs.get(k) ?? []),
    budget: fit === null ? null : { fit, peak },
    sample,
  }
  const path = await writeReport(options.out, report)
  say(`\n${summary(report)}\n`)
  for (const complaint of complaints(report)) say(complaint)
  say(`Written to ${path}`)
  tensorScope.release([trained, tokens, targets, held])
  return complaints(report).length === 0 ? 0 : 1
}

/** A network before its first step. */
const fresh = ({ network }: Gpt, seed: number): GptTrained => {
  const params = network.params.init(Key.fromSeed(seed))
  return { params, state: AdamW.init(network.params, params) }
}

/** A network as a checkpoint has it. */
const loaded = ({ network }: Gpt, { file, bytes }: Resumed): GptTrained => {
  const checkpoint = Checkpoint.fromBytes(network.params, bytes)
  if (E.isLeft(checkpoint)) throw new UnusableInput(`--resume ${file}: ${checkpoint.left.message}`)
  return checkpoint.right.trained
}

const digestOf = ({ train, validation }: Text): string => textDigest(Buffer.concat([train, validation]))

const courseOf = ({ steps }: StartOptions) => ({
  optimizer: AdamW.config,
  schedule: { peak: 3e-3, floor: 3e-4, warmup: Math.min(20, Math.ceil(steps / 10)), steps },
})

/** The plan for `--budget`, which is for all that tensors take in this thread, in every worker, and in what they share. */
const fitted = async (
  net: Gpt,
  { params, state }: GptTrained,
  text: Text,
  { budget, batch, microBatch, context, seed, workers }: StartOptions,
): Promise<Fit | null> => {
  if (budget === undefined) return null
  const samples = Array.from({ length: microBatch }, (_, i) => i)
  const input = Text.batch(text.train, context, seed, samples)
  const step = { params, state, input, seed, samples }
  const given = { budget, microBatches: batch / microBatch, ...(workers === undefined ? {} : { workers }) }
  const plan = planOf(fitBudget(net.network, step, given))
  const speed = orThrow(await measureSpeed(net.network, () => performance.now())({ ...step, plan })())
  const fit = fitBudget(net.network, step, { ...given, speed })
  say(`Measured: ${Speed.toText(speed)}, which the times below rest on.`)
  tensorScope.release(input)
  return fit
}

const train = async (
  task: GptTask,
  before: { readonly trained: GptTrained; readonly steps: number },
  fit: Fit | null,
  options: StartOptions,
  interrupt: Interrupt,
): Promise<{ readonly trained: GptTrained; readonly steps: number; readonly memory: WorkersMemory }> => {
  const { steps, batch, context, workers } = options
  const taken = before.steps
  const objective = gptObjective(task)
  const plan = fit === null ? Plan.reversed : planOf(fit)
  const how = { size: options.microBatch, seed: task.seed, plan }
  const pool =
    workers === undefined
      ? null
      : await startWorkers(objective.network.params, { ...here(task), count: workers, ...how })
  const progress = startProgress("training", steps, taken)
  const begun = performance.now()
  const course = { ...courseOf(options), batch, taken }
  let last = before
  const stepped = watchFallbacks({
    now: () => performance.now(),
    warn: (sentence) => process.stderr.write(`${sentence}\n`),
  })
  try {
    for await (const now of descent(pool ?? microBatched(objective, how), course, before.trained)) {
      const speed = ((now.steps - taken) * batch * context) / ((performance.now() - begun) / 1000)
      progress.update(now.steps, `loss ${now.loss.toFixed(3)} ${speed.toFixed(0)} tokens/s`)
      last = now
      stepped()
      if (await interrupt.requested()) break
    }
    return { ...last, memory: pool?.memory() ?? { shared: 0, most: 0 } }
  } finally {
    progress.stop()
    await pool?.stop()
  }
}

/** Where workers find what they train. */
const here = (argument: GptTask) => ({
  module: import.meta.resolve("./gptObjective.js"),
  export: "gptObjective",
  argument,
})

/** The same bytes in memory that all threads have. */
const shared = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

const load = async ({ data, context }: StartOptions): Promise<Text> => {
  const bytes = orThrow(await (data === undefined ? declarations : readText(data, warn))())
  try {
    return Text.split(bytes, context, validationBatches)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UnusableInput(`${data === undefined ? "The default text" : `--data ${data}`}: ${error.message}`)
  }
}

/** Refuses a folder that cannot be written to before any work is done, and leaves nothing behind. */
const checkFolder = async (out: string): Promise<void> => {
  try {
    const made = await mkdir(out, { recursive: true })
    await access(out, constants.W_OK)
    if (made !== undefined) await rm(made, { recursive: true })
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : ""
    throw new UnusableInput(`--out ${out} is not a folder that can be made and written to${code}. Give another folder.`)
  }
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Beside the results, so that what goes into a pipe stays clean. */
const warn = (line: string): void => {
  process.stderr.write(`bijou: ${line}\n`)
}

const orThrow = <X>(result: E.Either<Error, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}
