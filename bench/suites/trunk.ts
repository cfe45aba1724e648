/**
 * Forward and backward of the trunk, beside stock TensorFlow.js and PyTorch, and against the promises of `bounds.ts`.
 */
import { bounded } from "../bounds.ts"
import type { Bytes } from "../Mode.ts"
import { bytesOf, medians, ratio, rounds, type Ratio, type Times } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"
import type { Row, Suite } from "../Suite.ts"
import { startTorch } from "../torch.ts"

export const trunk: Suite = async ({ depth, place, pairs, stockPairs, warmup, torch, torchThreads, progress }) => {
  const { batch, tokens, width, heads, hidden } = sizes
  const of = (mode: string) => start("trunk", mode, depth, place)
  const reversed = await of("reversed")
  const lastTaped = await of("lastTaped")
  const own = [reversed, lastTaped, await of("taped"), await of("variableGrads")]
  own.push(await start("products", "products", depth, place))
  const theirs = []
  if (torch !== undefined)
    for (const mode of ["store", "checkpoint", "bdia"]) theirs.push(await startTorch(torch, mode, depth, torchThreads))
  const runners = [...own, ...theirs]
  const times = await rounds(runners, { count: pairs, warmup, report: progress("trunk", pairs) })
  const bytes = await bytesOf(runners)
  const matmulPeak = Math.max(...own.map(({ peak }) => peak))
  const modes = runners.map(({ mode }) => row(mode, depth, times, matmulPeak, bytes[mode]))
  for (const runner of runners) if (runner !== lastTaped) runner.stop()
  const judged = (above: string, below: string, measured: Ratio) => bounded(lastTaped.on, place, above, below, measured)
  const ratios = [...pairsOfOwn, ...(torch === undefined ? [] : pairsWithTorch)].map(([above, below]) =>
    judged(above, below, ratio(times, above, below)),
  )
  let series = times.series
  if (stockPairs > 0) {
    const stock = await start("stock", "stock", depth, { ...place, kernels: false })
    const against = await rounds([stock, lastTaped], {
      count: stockPairs,
      warmup: 1,
      report: progress("trunk against stock TensorFlow.js", stockPairs),
    })
    ratios.push(judged("lastTaped", "stock", ratio(against, "lastTaped", "stock")))
    modes.push(row("stock", depth, against, matmulPeak, await stock.measure()))
    series = {
      ...series,
      stock: against.series["stock"] ?? [],
      lastTapedAgainstStock: against.series["lastTaped"] ?? [],
    }
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
    torch: theirs.at(-1)?.version ?? null,
    sizes,
    modes,
    ratios,
    series,
    cpu: times.cpu,
  }
}

type Pair = readonly [above: string, below: string]

const pairsOfOwn: ReadonlyArray<Pair> = [
  ["reversed", "taped"],
  ["lastTaped", "taped"],
  ["taped", "variableGrads"],
  ["products", "lastTaped"],
]

const pairsWithTorch: ReadonlyArray<Pair> = [
  ["lastTaped", "torch bdia"],
  ["reversed", "torch bdia"],
  ["taped", "torch store"],
  ["lastTaped", "torch checkpoint"],
]

/** How often a mode evaluates a block, where its gradient counts as two evaluations. */
const evaluations = (mode: string, depth: number): number => {
  if (["reversed", "torch checkpoint", "torch bdia"].includes(mode)) return 4 * depth
  return ["lastTaped", "products"].includes(mode) ? 4 * depth - 1 : 3 * depth
}

const row = (mode: string, depth: number, times: Times, peak: number, bytes: Bytes | undefined): Row => {
  const { ms, cpu } = medians(times, mode)
  return {
    mode,
    ms,
    cpu,
    tokensPerSecond: (1e3 * sizes.batch * sizes.tokens) / ms,
    ...speedOf(operations(sizes, evaluations(mode, depth)), ms, peak),
    ...bytes,
  }
}
