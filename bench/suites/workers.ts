/** The trunk by workers: how much faster several are than one, and than PyTorch's BDIA on the same cores. */
import { bounded } from "../bounds.ts"
import { bytesOf, medians, ratio, rounds } from "../pairs.ts"
import type { Place } from "../Place.ts"
import { start } from "../Runner.ts"
import { microBatch, operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"
import type { Suite } from "../Suite.ts"
import { startTorch } from "../torch.ts"

/**
 * Forward and backward of the trunk, the last block's tape kept, by every number of workers in turn; a BLAS or
 * TensorFlow has one thread in each.
 */
export const workers: Suite = async ({
  depth,
  place,
  pairs,
  warmup,
  torch,
  torchThreads,
  workers: counts,
  progress,
}) => {
  const { batch, tokens, width } = sizes
  const each: Place = { ...place, threads: place.threads === null ? null : 1 }
  const by =
    each.backend === "tensorflow"
      ? `tensorflow on one thread in each${place.opLibrary ? "" : ", no op library"}`
      : `${each.backend}, ${each.threads === null ? "one thread each" : "products by a BLAS on one thread in each"}`
  const [fewest = 1, ...more] = counts
  const nameOf = (count: number) => `workers ${count}`
  const first = await start("sharedTrunk", nameOf(fewest), depth, each)
  const others = []
  for (const count of more) others.push(await start("sharedTrunk", nameOf(count), depth, each))
  const theirs = torch === undefined ? null : await startTorch(torch, "bdia", depth, torchThreads)
  const runners = [first, ...others, ...(theirs === null ? [] : [theirs])]
  const times = await rounds(runners, { count: pairs, warmup, report: progress("workers", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  const judged = (above: string, below: string) => bounded(first.on, each, above, below, ratio(times, above, below))
  return {
    name: "workers",
    title: `workers: forward and backward of the trunk, ${depth} blocks, batch ${batch} in micro-batches of ${microBatch(each.backend)}, ${tokens} tokens, width ${width}, ${by}`,
    on: first.on,
    matmulPeak: first.peak,
    depth,
    place: each,
    torch: theirs?.version ?? null,
    sizes,
    modes: runners.map(({ mode }) => {
      const { ms, cpu } = medians(times, mode)
      return {
        mode,
        ms,
        cpu,
        tokensPerSecond: (1e3 * batch * tokens) / ms,
        ...speedOf(operations(sizes, 4 * depth - 1), ms, first.peak),
        ...bytes[mode],
      }
    }),
    ratios: [
      ...others.map(({ mode }) => judged(first.mode, mode)),
      ...(theirs === null ? [] : [first, ...others].map(({ mode }) => judged(mode, theirs.mode))),
    ],
    ...times,
  }
}
