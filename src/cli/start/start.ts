/**
 * `bijou start`: trains a byte-level GPT without stored activations, and shows what that costs.
 */
import { createHash } from "node:crypto"
import { access, constants, mkdir, rm } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { either as E } from "fp-ts"
import { Key } from "../../core/Key.ts"
import { gpt, type Gpt } from "../../net/Gpt.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { measure, type Cost } from "./measure.ts"
import { startProgress } from "../Progress.ts"
import { declarations, readText } from "../../node/files/readText.ts"
import { reportPath, writeReport, type Report } from "./Report.ts"
import { roundTrip } from "./roundTrip.ts"
import { checkOverwriting } from "../../node/files/checkOverwriting.ts"
import { checkPlace } from "../../node/files/outputFile.ts"
import { complaints, summary } from "./summary.ts"
import { peakBytes } from "../../tensor/buffers.ts"
import { parameterSide, tensorLeaves } from "../../tensor/parameterSide.ts"
import { currentRuntime } from "../../tensor/Runtime.ts"
import { tensorScope } from "../../tensor/tensorScope.ts"
import { AdamW } from "../../train/AdamW.ts"
import { Checkpoint } from "../../train/Checkpoint.ts"
import { fitTable, planOf, type Fit } from "../../train/Fit.ts"
import { generate } from "../../train/generate.ts"
import { measureSpeed } from "../../train/measureSpeed.ts"
import type { Run } from "../../train/Run.ts"
import { Speed } from "../../train/Speed.ts"
import { Text } from "../../train/Text.ts"
import { validate } from "../../train/validate.ts"
import { fitBudget } from "../fitBudget.ts"
import { listenForInterrupt, type Interrupt } from "../Interrupt.ts"
import { checkRuntime, checkText, textDigest, vocabulary, type Notes, type Resumed } from "./Resumed.ts"
import { startBackend } from "../startBackend.ts"
import type { StartOptions } from "./StartOptions.ts"
import { trainGpt, type GptTrained } from "./trainGpt.ts"

// ---------------------------------------------------------------- model

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
  await checkFiles(options, resumed)
  const usualThreads = resumed?.run.runtime.threads ?? (options.workers === undefined ? null : 1)
  const backend = await startBackend({ ...options, ...(usualThreads === null ? {} : { usualThreads }) })
  if (resumed !== null && !options.allowOtherBits) checkRuntime(resumed)
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
  const { width, heads, depth, context, batch, microBatch, seed, save } = options
  const config = resumed?.config ?? { vocabulary, context, width, heads, depth, fractionBits, dropout: 0 }
  const net = gpt(config)
  const before = resumed === null ? fresh(net, seed) : await loaded(net, resumed)
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
  const fit = await fitFor(net, before, text, options, resumed)
  if (fit !== null) say(`${fitTable(fit)}\n`)
  const notes = { "first loss": first, text: digestOf(text) } satisfies Notes
  const run: Run = {
    ...{ steps: taken, seed, batch, microBatch, workers: options.workers ?? null, ...courseOf(options, resumed) },
    ...{ fit, runtime: currentRuntime(), network: config, notes },
  }
  const { result, peak: ownPeak } = await peakBytes(() => trainGpt(task, { run, trained: before }, options, interrupt))
  const { trained, steps, memory, unsaved } = result
  // What workers share is there while parameters move, and the workers' tensors are not.
  const peak = Math.max(ownPeak + memory.shared, memory.most)
  const last = await validation(trained)
  if (steps < options.steps || (await interrupt.requested())) {
    say(
      `\nStopped after step ${steps} of ${options.steps}. Validation loss: ${first.toFixed(3)}, now ${last.toFixed(3)}.`,
    )
    say("No report was written.")
    if (save !== undefined && unsaved === null && steps < options.steps) say(`Go on with --resume ${save}`)
    return interrupt.exitCode()
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
  const swept = options.depths ? sweepDepths : []
  const depths = [...new Set([...swept, depth])]
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
    return interrupt.exitCode()
  }

  const report: Report = {
    ...{ backend, depth, width, heads, batch, context, fractionBits: config.fractionBits, steps, seed, parameters },
    ...{ microBatch, workers: options.workers ?? null },
    digest: createHash("sha256")
      .update(await parameterSide(net.network.params).toBytes(trained.params)())
      .digest("hex"),
    loss: { uniform: Math.log(256), unigram: Text.unigram(text), first, last },
    roundTrip: trip,
    held: { reversedBytes: cost.reversedBytes, tapedBytes: cost.tapedBytes },
    msPerStep: { reversed: cost.reversedMs, taped: cost.tapedMs },
    sweep: swept.flatMap((k) => costs.get(k) ?? []),
    budget: fit === null ? null : { fit, peak },
    sample,
  }
  const path = await writeReport(options.out, report)
  say(`\n${summary(report)}\n`)
  for (const complaint of complaints(report)) say(complaint)
  say(`Written to ${path}`)
  tensorScope.release([trained, tokens, targets, held])
  // Nobody may have read that.
  if (await interrupt.requested()) return interrupt.exitCode()
  return complaints(report).length === 0 && unsaved === null ? 0 : 1
}

/** A network before its first step. */
const fresh = ({ network }: Gpt, seed: number): GptTrained => {
  const params = network.params.init(Key.fromSeed(seed))
  return { params, state: AdamW.init(network.params, params) }
}

/** A network as a checkpoint has it. */
const loaded = async ({ network }: Gpt, { file, source }: Resumed): Promise<GptTrained> => {
  const checkpoint = await Checkpoint.fromBytes(network.params, source)().finally(source.close)
  if (E.isLeft(checkpoint)) throw new UnusableInput(`--resume ${file}: ${checkpoint.left.message}`)
  return checkpoint.right.trained
}

const digestOf = ({ train, validation }: Text): string => textDigest(Buffer.concat([train, validation]))

const courseOf = ({ steps }: StartOptions, resumed: Resumed | null): Pick<Run, "optimizer" | "schedule"> =>
  resumed?.run ?? {
    optimizer: AdamW.config,
    schedule: { peak: 3e-3, floor: 3e-4, warmup: Math.min(20, Math.ceil(steps / 10)), steps },
  }

/** The plan to train under; that of a file is for as many workers as it tells of, and its budget is for any. */
const fitFor = async (
  net: Gpt,
  before: GptTrained,
  text: Text,
  options: StartOptions,
  resumed: Resumed | null,
): Promise<Fit | null> => {
  const { fit, workers } = resumed?.run ?? { fit: null, workers: null }
  if (options.budget === undefined && workers === (options.workers ?? null)) return fit
  return fitted(net, before, text, { ...options, budget: options.budget ?? fit?.budget })
}

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

/** Refuses to write over what is read, before anything is written. */
const checkFiles = async ({ data, save, out }: StartOptions, resumed: Resumed | null): Promise<void> => {
  const read = data === undefined ? [] : [{ option: "--data", path: data }]
  const report = { option: "--out", path: reportPath(out) }
  const begun = resumed === null ? [] : [{ option: "--resume", path: resumed.file }]
  for (const other of [...read, ...begun]) await checkOverwriting(report, other)
  if (save === undefined) return
  for (const other of [...read, report]) await checkOverwriting({ option: "--save", path: save }, other)
  await checkPlace("--save", save)
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
