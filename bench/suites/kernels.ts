/** Single parts with bijou's kernels and without. */
import { unbounded, type Verdict } from "../bounds.ts"
import { modes as parts } from "../modes/kernels.ts"
import { medians, ratio, rounds, type Series } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import type { Row, Suite } from "../Suite.ts"

export const kernels: Suite = async ({ place, pairs, warmup, progress }) => {
  const modes: Row[] = []
  const ratios: Verdict[] = []
  const all: { series: Series; cpu: Series } = { series: {}, cpu: {} }
  let on = ""
  for (const name of Object.keys(parts)) {
    const own = await start("kernels", name, 1, place)
    const plain = { ...(await start("kernels", name, 1, { ...place, kernels: false })), mode: `${name}, stock` }
    const times = await rounds([own, plain], { count: pairs, warmup, report: progress(name, pairs) })
    for (const { stop } of [own, plain]) stop()
    on = own.on
    modes.push({ mode: name, ...medians(times, name) })
    ratios.push(unbounded(name, ratio(times, plain.mode, name)))
    all.series = { ...all.series, ...times.series }
    all.cpu = { ...all.cpu, ...times.cpu }
  }
  return {
    name: "kernels",
    title: `kernels: parts at the trunk's sizes with bijou's kernels, as ratios the time without them to that, ${inWords(place)}`,
    on,
    modes,
    ratios,
    ...all,
  }
}
