/**
 * `bijou start`: trains a byte-level GPT without stored activations, and reports memory and time.
 */
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { orThrow } from "../../core/orThrow.ts"
import type { Gpt } from "../../net/Gpt.ts"
import { peakBytes } from "../../tensor/values/buffers.ts"
import { parameterSide } from "../../tensor/values/parameterSide.ts"
import { currentRuntime } from "../../tensor/Runtime.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { AdamW } from "../../train/AdamW.ts"
import { fitTable, type Fit } from "../../train/memory/Fit.ts"
import { generate } from "../../train/generate.ts"
import type { Run } from "../../train/checkpoint/Run.ts"
import { Text } from "../../train/Text.ts"
import { listenForInterrupt } from "../Interrupt.ts"
import { paragraph, say } from "../say.ts"
import { startBackend } from "../startBackend.ts"
import { checkPlaces } from "./checkPlaces.ts"
import { fitFor } from "./fitFor.ts"
import { digestOf, loadText } from "./loadText.ts"
import type { Cost } from "./measure.ts"
import { measureDepths } from "./measureDepths.ts"
import { writeReport, type Report } from "./Report.ts"
import { checkRuntime, checkText, type Notes, type Resumed } from "./Resumed.ts"
import { roundTrip, type RoundTrip } from "./roundTrip.ts"
import { begin, introduce, type Begun, type Session } from "./Session.ts"
import type { StartOptions } from "./StartOptions.ts"
import { complaints, summary } from "./summary.ts"
import { trainGpt, type Ended, type GptTrained } from "./trainGpt.ts"
import { holdOut } from "./Validation.ts"

// ---------------------------------------------------------------- model

const sweepDepths = [6, 12, 24]
const prompt = "export "

/** The validation losses before the first step and after the last. */
interface Losses {
  readonly first: number
  readonly last: number
}

/** The results for a trained network. */
interface Findings {
  readonly losses: Losses
  readonly sample: string
  readonly trip: RoundTrip
  readonly costs: ReadonlyMap<number, Cost>
  readonly budget: Report["budget"]
}

// ---------------------------------------------------------- destructors

/** Runs the command and returns its exit code. Throws `UnusableInput`, or the error of the network. */
export const start = async (options: StartOptions, resumed: Resumed | null): Promise<number> => {
  const text = await loadText(options)
  if (resumed !== null) checkText(resumed, digestOf(text))
  await checkPlaces(options, resumed)
  const usualThreads = resumed?.run.runtime.threads ?? (options.workers === undefined ? null : 1)
  const backend = await startBackend({ ...options, ...(usualThreads === null ? {} : { usualThreads }) })
  if (resumed !== null && !options.allowOtherBits) checkRuntime(resumed)
  const interrupt = listenForInterrupt("step")
  try {
    return await trainAndReport({ options, resumed, backend, text, interrupt })
  } finally {
    interrupt.stopListening()
  }
}

const trainAndReport = async (session: Session): Promise<number> => {
  const { options, resumed, text, interrupt } = session
  const begun = await begin(session)
  const { net, config } = begun
  introduce(session, begun)

  const validation = holdOut(net, text, options)
  const first = resumed?.first ?? (await validation.lossOf(begun.before))
  const fit = await fitFor(session, begun)
  if (fit !== null) say(`${fitTable(fit)}\n`)
  const { ended, peak } = await train(session, begun, runOf(session, begun, fit, first))
  const { trained, steps, unsaved } = ended
  const losses = { first, last: await validation.lossOf(trained) }
  validation.release()
  if (steps < options.steps || (await interrupt.requested())) {
    const saved = unsaved === null && steps < options.steps ? options.save : undefined
    return stopped(session, `after step ${steps} of ${options.steps}`, losses, saved)
  }

  const sample = await sampleOf(net, trained, options.seed)
  const samples = Array.from({ length: options.batch }, (_, i) => steps * options.batch + i)
  const batch = Text.batch(text.train, options.context, options.seed, samples)
  const given = { params: trained.params, seed: options.seed, step: steps, samples }
  const trip = orThrow(await roundTrip(net, given, batch[0], rebuildCommand())())
  const costs = await measureDepths(config, [...sweptBy(options), options.depth], batch, interrupt)
  tensorScope.release(batch)
  if (costs === null) return stopped(session, "while measuring", losses)

  const budget = fit === null ? null : { fit, peak }
  const report = await reportOf(session, begun, ended, { losses, sample, trip, costs, budget })
  const path = await writeReport(options.out, report)
  say(`\n${summary(report)}\n`)
  for (const complaint of complaints(report)) paragraph(complaint)
  say(`Written to ${path}`)
  tensorScope.release(trained)
  // The output may have been closed before all of it was read.
  if (await interrupt.requested()) return interrupt.exitCode()
  return complaints(report).length === 0 && unsaved === null ? 0 : 1
}

/** The run, as its checkpoints store it. */
const runOf = ({ options, resumed, text }: Session, { config, taken }: Begun, fit: Fit | null, first: number): Run => {
  const { steps, seed, batch, microBatch, workers = null } = options
  const course = resumed?.run ?? {
    optimizer: AdamW.config,
    schedule: { peak: 3e-3, floor: 3e-4, warmup: Math.min(20, Math.ceil(steps / 10)), steps },
  }
  return {
    ...{ steps: taken, seed, batch, microBatch, workers, optimizer: course.optimizer, schedule: course.schedule },
    ...{ fit, runtime: currentRuntime(), network: config },
    notes: { "first loss": first, text: digestOf(text) } satisfies Notes,
  }
}

/** Trains, and measures the peak bytes of tensors in all threads. */
const train = async (
  { options, text, interrupt }: Session,
  { config, before }: Begun,
  run: Run,
): Promise<{ readonly ended: Ended; readonly peak: number }> => {
  const task = { config, seed: options.seed, bytes: shared(text.train) }
  const { result, peak } = await peakBytes(() => trainGpt(task, { run, trained: before }, options, interrupt))
  const { memory } = result
  // While the parameters are copied, shared memory is allocated, but the tensors of the workers are not.
  return { ended: result, peak: Math.max(peak + memory.shared, memory.most) }
}

/** A copy in memory that all threads share. */
const shared = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

/** Prints where an interrupt stopped the run and how to resume it, and returns the exit code. */
const stopped = ({ interrupt }: Session, where: string, { first, last }: Losses, saved?: string): number => {
  say("")
  say(`Stopped ${where}.`)
  say(`Validation loss: ${first.toFixed(3)}, now ${last.toFixed(3)}.`)
  say("No report was written.")
  if (saved !== undefined) say(`Resume it with --resume ${saved}`)
  return interrupt.exitCode()
}

const sampleOf = async (net: Gpt, { params }: GptTrained, seed: number): Promise<string> => {
  const given = { bytes: new TextEncoder().encode(prompt), count: 200, temperature: 0.7, seed }
  return new TextDecoder().decode(orThrow(await generate(net, params, given)()))
}

/** The command that rebuilds activations from bytes in another process. */
const rebuildCommand = (): ReadonlyArray<string> => [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(import.meta.resolve("./rebuild.js")),
]

/** The depths in the table. */
const sweptBy = ({ depths }: StartOptions): ReadonlyArray<number> => (depths ? sweepDepths : [])

const reportOf = async (
  { options, backend, text }: Session,
  { config, net, parameters }: Begun,
  { trained, steps }: Ended,
  { losses, sample, trip, costs, budget }: Findings,
): Promise<Report> => {
  const { width, heads, depth, context, batch, microBatch, seed, workers = null } = options
  const cost = costs.get(depth)
  if (cost === undefined) throw new Error("the cost of the trained depth is not known")
  return {
    ...{ backend, depth, width, heads, batch, context, fractionBits: config.fractionBits, steps, seed, parameters },
    ...{ microBatch, workers, digest: await digestOfParameters(net, trained) },
    loss: { uniform: Math.log(256), unigram: Text.unigram(text), ...losses },
    roundTrip: trip,
    held: { reversedBytes: cost.reversedBytes, tapedBytes: cost.tapedBytes },
    msPerStep: { reversed: cost.reversedMs, taped: cost.tapedMs },
    sweep: sweptBy(options).flatMap((k) => costs.get(k) ?? []),
    budget,
    sample,
  }
}

const digestOfParameters = async ({ bijection: network }: Gpt, { params }: GptTrained): Promise<string> =>
  createHash("sha256")
    .update(await parameterSide(network.params).toBytes(params)())
    .digest("hex")
