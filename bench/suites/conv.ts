/** Convolutions and their gradients, beside PyTorch. */
import { bounded, type Verdict } from "../bounds.ts"
import { modes as parts } from "../modes/conv.ts"
import { medians, ratio, rounds, type Series } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { convolution as sizes } from "../sizes.ts"
import type { Row, Suite } from "../Suite.ts"
import { startTorch } from "../torch.ts"

export const conv: Suite = async ({ place, pairs, warmup, torch, torchThreads, progress }) => {
  const { batch, height, width, channels, taps } = sizes
  const modes: Row[] = []
  const ratios: Verdict[] = []
  const all: { series: Series; cpu: Series } = { series: {}, cpu: {} }
  let on = ""
  let version: string | null = null
  for (const name of Object.keys(parts)) {
    const own = await start("conv", name, 1, place)
    const given = { file: "torch_conv.py", sizes }
    const theirs = torch === undefined ? [] : [await startTorch(torch, name, 1, torchThreads, given)]
    const runners = [own, ...theirs]
    const times = await rounds(runners, { count: pairs, warmup, report: progress(name, pairs) })
    for (const { mode, stop } of runners) {
      stop()
      modes.push({ mode, ...medians(times, mode) })
    }
    on = own.on
    for (const one of theirs) {
      version = one.version
      ratios.push(bounded(on, place, name, "torch", ratio(times, name, one.mode)))
    }
    all.series = { ...all.series, ...times.series }
    all.cpu = { ...all.cpu, ...times.cpu }
  }
  return {
    name: "conv",
    title: `conv: ${taps} x ${taps} convolutions of [${batch}, ${height}, ${width}, ${channels}] to as many channels, ${inWords(place)}`,
    on,
    torch: version,
    sizes,
    modes,
    ratios,
    ...all,
  }
}
