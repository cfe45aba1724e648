/** The trunk by workers: how much faster several are than one, and than PyTorch's BDIA on the same cores. */
import { bounded } from "../bounds.ts"
import { bytesOf, median, ratio, rounds } from "../pairs.ts"
import { start } from "../Runner.ts"
import { microBatch, operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"
import { startTorch } from "../torch.ts"

/** Forward and backward of the trunk, the last block's tape kept, by every number of workers in turn; a BLAS or TensorFlow has one thread in each. */
export const workers = async ({ depth, place, pairs, warmup, torch, torchThreads, workers: counts, progress }) => {
  const { batch, tokens, width } = sizes
  const each = { ...place, threads: place.threads === null ? null : 1 }
  const by =
    each.backend === "tensorflow"
      ? `tensorflow on one thread in each${place.opLibrary ? "" : ", no op library"}`
      : `${each.backend}, ${each.threads === null ? "one thread each" : "products by a BLAS on one thread in each"}`
  const runners = []
  for (const count of counts) runners.push(await start("sharedTrunk.js", `workers ${count}`, depth, each))
  const [first] = runners
  if (torch !== undefined) runners.push(await startTorch(torch, "bdia", depth, torchThreads))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("workers", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  const [fewest, ...more] = counts.map((count) => `workers ${count}`)
  const pairsOf = [
    ...more.map((mode) => [fewest, mode]),
    ...(torch === undefined ? [] : [fewest, ...more].map((mode) => [mode, "torch bdia"])),
  ]
  return {
    name: "workers",
    title: `workers: forward and backward of the trunk, ${depth} blocks, batch ${batch} in micro-batches of ${microBatch(each.backend)}, ${tokens} tokens, width ${width}, ${by}`,
    on: first.on,
    matmulPeak: first.peak,
    depth,
    place: each,
    torch: torch === undefined ? null : runners.at(-1).version,
    sizes,
    modes: runners.map(({ mode }) => {
      const ms = median(series[mode])
      return {
        mode,
        ms,
        cpu: median(cpu[mode]),
        tokensPerSecond: (1e3 * batch * tokens) / ms,
        ...speedOf(operations(sizes, 4 * depth - 1), ms, first.peak),
        ...bytes[mode],
      }
    }),
    ratios: pairsOf.map(([above, below]) => bounded(first.on, each, above, below, ratio(series[above], series[below]))),
    series,
    cpu,
  }
}
