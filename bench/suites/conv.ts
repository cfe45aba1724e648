/** Convolutions and their gradients, beside PyTorch. */
import { bounded } from "../bounds.ts"
import { median, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { convolution as sizes } from "../sizes.ts"
import { startTorch } from "../torch.ts"
import { modes as parts } from "../modes/conv.ts"

export const conv = async ({ place, pairs, warmup, torch, torchThreads, progress }) => {
  const { batch, height, width, channels, taps } = sizes
  const result = { modes: [], ratios: [], series: {}, cpu: {}, torch: null }
  for (const name of Object.keys(parts)) {
    const own = await start("conv.js", name, 1, place)
    const given = { file: "torch_conv.py", sizes }
    const theirs = torch === undefined ? [] : [await startTorch(torch, name, 1, torchThreads, given)]
    const { series, cpu } = await rounds([own, ...theirs], { count: pairs, warmup, report: progress(name, pairs) })
    for (const { mode, stop, version } of [own, ...theirs]) {
      stop()
      result.modes.push({ mode, ms: median(series[mode]), cpu: median(cpu[mode]) })
      result.torch = version ?? result.torch
    }
    result.on = own.on
    for (const { mode } of theirs)
      result.ratios.push(bounded(own.on, place, name, "torch", ratio(series[name], series[mode])))
    Object.assign(result.series, series)
    Object.assign(result.cpu, cpu)
  }
  return {
    name: "conv",
    title: `conv: ${taps} x ${taps} convolutions of [${batch}, ${height}, ${width}, ${channels}] to as many channels, ${inWords(place)}`,
    sizes,
    ...result,
  }
}
