/**
 * The benchmarks: which modes each one runs in turn, and the ratios that it promises.
 */
import { gpt, batch, trunk as sizes } from "./sizes.js"
import { start } from "./Runner.js"
import { startTorch } from "./torch.js"
import { median, ratio, rounds } from "./pairs.js"
import { bound } from "./bound.js"
import { workers } from "./workers.js"

/** Forward and backward of the trunk. */
const trunk = async ({ depth, pairs, stockPairs, warmup, threads, torch, torchThreads, progress }) => {
  const { batch, tokens, width, heads, hidden } = sizes
  const by = threads === null ? "" : `, products by a BLAS on ${counted(threads)}`
  const title = `trunk: forward and backward, ${depth} blocks, batch ${batch}, ${tokens} tokens, width ${width}, ${heads} heads, MLP ${hidden}${by}`
  const runners = []
  for (const mode of ["reversed", "lastTaped", "taped", "variableGrads"])
    runners.push(await start("./trunk.js", mode, depth, threads))
  const [reversed] = runners
  for (const mode of torch === undefined ? [] : ["store", "checkpoint", "bdia"])
    runners.push(await startTorch(torch, mode, depth, torchThreads))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("trunk", pairs) })
  const bytes = await bytesOf(runners)
  const ratios = [
    bound("reversed / taped", ratio(series.reversed, series.taped), "at most", 1.4),
    bound("lastTaped / taped", ratio(series.lastTaped, series.taped), "at most", 1.34),
    bound("taped / variableGrads", ratio(series.taped, series.variableGrads), "at most", 1.05),
    ...(torch === undefined ? [] : againstTorch(series, "", threads === null ? null : 1.3)),
    ...(torch === undefined ? [] : againstTorch(cpu, ", cpu", null)),
  ]
  const modes = runners.map(({ mode }) => ({
    mode,
    ms: median(series[mode]),
    cpu: median(cpu[mode]),
    ...bytes[mode],
  }))
  for (const { stop } of runners.slice(1)) stop()
  if (stockPairs > 0) {
    const stock = await start("./stock.js", "stock", depth)
    const { series: against, cpu: used } = await rounds([stock, reversed], {
      count: stockPairs,
      warmup: 1,
      report: progress("trunk against stock TensorFlow.js", stockPairs),
    })
    ratios.push(bound("stock / reversed", ratio(against.stock, against.reversed), "at least", 3))
    modes.push({ mode: "stock", ms: median(against.stock), cpu: median(used.stock), held: null, peak: null })
    series.stock = against.stock
    series.reversedAgainstStock = against.reversed
    stock.stop()
  }
  reversed.stop()
  return {
    name: "trunk",
    title,
    depth,
    threads,
    torch: runners.at(-1)?.version ?? null,
    sizes,
    modes,
    ratios,
    series,
    cpu,
  }
}

/** Training steps of a GPT. */
const step = async ({ depth, pairs, warmup, threads, progress }) => {
  const { context, width, vocabulary } = gpt
  const title = `step: a GPT's training step with AdamW, ${depth} blocks, batch ${batch}, ${context} tokens, width ${width}, vocabulary ${vocabulary}${threads === null ? "" : `, products by a BLAS on ${counted(threads)}`}`
  const runners = []
  for (const mode of ["reversed", "taped"]) runners.push(await start("./step.js", mode, depth, threads))
  const { series } = await rounds(runners, { count: pairs, warmup, report: progress("step", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  return {
    name: "step",
    title,
    depth,
    sizes: { ...gpt, batch },
    modes: runners.map(({ mode }) => {
      const ms = median(series[mode])
      return { mode, ms, tokensPerSecond: (1e3 * batch * context) / ms, ...bytes[mode] }
    }),
    ratios: [bound("reversed / taped", ratio(series.reversed, series.taped), null, null)],
    series,
  }
}

export const suites = { trunk, step, workers }

const bytesOf = async (runners) => {
  const bytes = {}
  for (const { mode, measure } of runners) bytes[mode] = await measure()
  return bytes
}

/** Ours by theirs, of the same kind; PyTorch's checkpoint evaluates every block twice, as the reversed sweep does. */
const againstTorch = (series, also, limit) => [
  bound(
    `reversed / BDIA${also}`,
    ratio(series.reversed, series["torch bdia"]),
    limit === null ? null : "at most",
    limit,
  ),
  bound(`taped / stored${also}`, ratio(series.taped, series["torch store"]), null, null),
  bound(`reversed / chkpt${also}`, ratio(series.reversed, series["torch checkpoint"]), null, null),
]

const counted = (threads) => `${threads} thread${threads === 1 ? "" : "s"}`
