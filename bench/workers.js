/**
 * The trunk by workers: how much faster several are than one, and than PyTorch's BDIA on the same cores.
 */
import { bound } from "./bound.js"
import { median, ratio, rounds } from "./pairs.js"
import { start } from "./Runner.js"
import { microBatch, trunk as sizes } from "./sizes.js"
import { startTorch } from "./torch.js"

/** Forward and backward of the trunk by every number of workers in turn; a BLAS runs on one thread in each. */
export const workers = async ({ depth, pairs, warmup, threads, torch, torchThreads, workers: counts, progress }) => {
  const { batch, tokens, width } = sizes
  const by = threads === null ? "" : ", products by a BLAS on one thread in each"
  const title = `workers: forward and backward of the trunk, ${depth} blocks, batch ${batch} in micro-batches of ${microBatch}, ${tokens} tokens, width ${width}${by}`
  const runners = []
  for (const count of counts)
    runners.push(await start("./sharedTrunk.js", `workers ${count}`, depth, threads === null ? null : 1))
  if (torch !== undefined) runners.push(await startTorch(torch, "bdia", depth, torchThreads))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("workers", pairs) })
  for (const { stop } of runners) stop()
  const [fewest, ...more] = counts.map((count) => `workers ${count}`)
  const most = more.at(-1) ?? fewest
  return {
    name: "workers",
    title,
    depth,
    threads: threads === null ? null : 1,
    torch: torch === undefined ? null : runners.at(-1).version,
    sizes,
    modes: runners.map(({ mode }) => ({
      mode,
      ms: median(series[mode]),
      cpu: median(cpu[mode]),
      held: null,
      peak: null,
    })),
    ratios: [
      ...more.map((mode) =>
        bound(`${fewest} / ${mode.slice(8)}`, ratio(series[fewest], series[mode]), ...promised(fewest, mode, threads)),
      ),
      ...(torch === undefined
        ? []
        : [bound(`${most} / BDIA`, ratio(series[most], series["torch bdia"]), "at most", threads === null ? null : 1)]),
    ],
    series,
    cpu,
  }
}

/** Two workers against one, where nothing but them is in the way. */
const promised = (fewest, mode, threads) =>
  fewest === "workers 1" && mode === "workers 2" && threads === null ? ["at least", 1.75] : [null, null]
