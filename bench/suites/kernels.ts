/** Single parts with bijou's kernels and without. */
import { median, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { modes as parts } from "../modes/kernels.ts"

export const kernels = async ({ place, pairs, warmup, progress }) => {
  const result = { modes: [], ratios: [], series: {}, cpu: {} }
  for (const name of Object.keys(parts)) {
    const own = await start("kernels.js", name, 1, place)
    const plain = { ...(await start("kernels.js", name, 1, { ...place, kernels: false })), mode: `${name}, stock` }
    const { series, cpu } = await rounds([own, plain], { count: pairs, warmup, report: progress(name, pairs) })
    for (const { stop } of [own, plain]) stop()
    result.modes.push({ mode: name, ms: median(series[name]), cpu: median(cpu[name]) })
    result.on = own.on
    result.ratios.push({ name, ...ratio(series[plain.mode], series[name]), sense: null, limit: null, reached: null })
    Object.assign(result.series, series)
    Object.assign(result.cpu, cpu)
  }
  return {
    name: "kernels",
    title: `kernels: parts at the trunk's sizes with bijou's kernels, as ratios the time without them to that, ${inWords(place)}`,
    ...result,
  }
}
