/** Forward and backward of the trunk, beside stock TensorFlow.js and PyTorch, and against the promises of `bounds.js`. */
import { bounded } from "../bounds.ts"
import { bytesOf, median, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"
import { startTorch } from "../torch.ts"

export const trunk = async ({ depth, place, pairs, stockPairs, warmup, torch, torchThreads, progress }) => {
  const { batch, tokens, width, heads, hidden } = sizes
  const runners = []
  for (const mode of ["reversed", "lastTaped", "taped", "variableGrads"])
    runners.push(await start("trunk.js", mode, depth, place))
  runners.push(await start("products.js", "products", depth, place))
  const [, lastTaped] = runners
  for (const mode of torch === undefined ? [] : ["store", "checkpoint", "bdia"])
    runners.push(await startTorch(torch, mode, depth, torchThreads))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("trunk", pairs) })
  const bytes = await bytesOf(runners)
  const matmulPeak = Math.max(...runners.flatMap(({ peak = [] }) => peak))
  const modes = runners.map(({ mode }) => row(mode, depth, series, cpu, matmulPeak, bytes[mode]))
  for (const runner of runners) if (runner !== lastTaped) runner.stop()
  const pairsOf = [
    ["reversed", "taped"],
    ["lastTaped", "taped"],
    ["taped", "variableGrads"],
    ["products", "lastTaped"],
    ...(torch === undefined
      ? []
      : [
          ["lastTaped", "torch bdia"],
          ["reversed", "torch bdia"],
          ["taped", "torch store"],
          ["lastTaped", "torch checkpoint"],
        ]),
  ]
  const judged = (above, below, measured) => bounded(lastTaped.on, place, above, below, measured)
  const ratios = pairsOf.map(([above, below]) => judged(above, below, ratio(series[above], series[below])))
  if (stockPairs > 0) {
    const stock = await start("stock.js", "stock", depth, { ...place, kernels: false })
    const against = await rounds([stock, lastTaped], {
      count: stockPairs,
      warmup: 1,
      report: progress("trunk against stock TensorFlow.js", stockPairs),
    })
    const spent = ratio(against.series.lastTaped, against.series.stock)
    ratios.push(judged("lastTaped", "stock", spent))
    const measured = await stock.measure()
    modes.push(row("stock", depth, against.series, against.cpu, matmulPeak, measured))
    series.stock = against.series.stock
    series.lastTapedAgainstStock = against.series.lastTaped
    stock.stop()
  }
  lastTaped.stop()
  return {
    name: "trunk",
    title: `trunk: forward and backward, ${depth} blocks, batch ${batch}, ${tokens} tokens, width ${width}, ${heads} heads, MLP ${hidden}, ${inWords(place)}`,
    on: lastTaped.on,
    matmulPeak,
    depth,
    place,
    torch: runners.at(-1)?.version ?? null,
    sizes,
    modes,
    ratios,
    series,
    cpu,
  }
}

/** How often a mode evaluates a block, where its gradient counts as two evaluations. */
const evaluations = (mode, depth) => {
  if (["reversed", "torch checkpoint", "torch bdia"].includes(mode)) return 4 * depth
  return ["lastTaped", "products"].includes(mode) ? 4 * depth - 1 : 3 * depth
}

const row = (mode, depth, series, cpu, peak, bytes) => {
  const ms = median(series[mode])
  return {
    mode,
    ms,
    cpu: median(cpu[mode]),
    tokensPerSecond: (1e3 * sizes.batch * sizes.tokens) / ms,
    ...speedOf(operations(sizes, evaluations(mode, depth)), ms, peak),
    ...bytes,
  }
}
