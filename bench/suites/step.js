/** Training steps of a GPT. */
import { bytesOf, median, ratio, rounds } from "../pairs.js"
import { inWords } from "../Place.js"
import { start } from "../Runner.js"
import { batch, gpt } from "../sizes.js"

export const step = async ({ depth, place, pairs, warmup, progress }) => {
  const { context, width, vocabulary } = gpt
  const runners = []
  for (const mode of ["reversed", "lastTaped", "taped"]) runners.push(await start("step.js", mode, depth, place))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("step", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  const over = (mode) => ({
    name: `${mode} / taped`,
    ...ratio(series[mode], series.taped),
    sense: null,
    limit: null,
    reached: null,
  })
  return {
    name: "step",
    title: `step: a GPT's training step with AdamW, ${depth} blocks, batch ${batch}, ${context} tokens, width ${width}, vocabulary ${vocabulary}, ${inWords(place)}`,
    on: runners[0].on,
    depth,
    sizes: { ...gpt, batch },
    modes: runners.map(({ mode }) => {
      const ms = median(series[mode])
      return { mode, ms, cpu: median(cpu[mode]), tokensPerSecond: (1e3 * batch * context) / ms, ...bytes[mode] }
    }),
    ratios: [over("reversed"), over("lastTaped")],
    series,
    cpu,
  }
}
