/** Training steps of a GPT whose memory is a budget, from the least that works to what taping everything takes. */
import { bytesOf, median, ratio, rounds } from "../pairs.js"
import { inWords } from "../Place.js"
import { start } from "../Runner.js"
import { batch, gpt } from "../sizes.js"

const modes = ["reversed", "least", "third", "twoThirds", "taped"]

export const budget = async ({ depth, place, pairs, warmup, progress }) => {
  const { context, width, vocabulary } = gpt
  const runners = []
  for (const mode of modes) runners.push(await start("budget.js", mode, depth, place))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("budget", pairs) })
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
    name: "budget",
    title: `budget: a GPT's training step with AdamW within a budget of memory, from the least that works over a third and two thirds of the way to all taped; ${depth} blocks, batch ${batch}, ${context} tokens, width ${width}, vocabulary ${vocabulary}, ${inWords(place)}`,
    on: runners[0].on,
    depth,
    sizes: { ...gpt, batch },
    modes: runners.map(({ mode }) => {
      const ms = median(series[mode])
      return { mode, ms, cpu: median(cpu[mode]), tokensPerSecond: (1e3 * batch * context) / ms, ...bytes[mode] }
    }),
    ratios: modes.slice(0, -1).map(over),
    series,
    cpu,
  }
}
