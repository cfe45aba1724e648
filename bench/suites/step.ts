/** Training steps of a GPT. */
import { bytesOf, median, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { batch, gpt } from "../sizes.ts"

/** A suite of GPT steps: the modes of `modes/NAME.js`, the last of which the others are measured by; `about` goes behind the title. */
export const gptSteps =
  (name, about, modes) =>
  async ({ depth, place, pairs, warmup, progress }) => {
    const { context, width, vocabulary } = gpt
    const runners = []
    for (const mode of modes) runners.push(await start(`${name}.js`, mode, depth, place))
    const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress(name, pairs) })
    const bytes = await bytesOf(runners)
    for (const { stop } of runners) stop()
    const whole = modes.at(-1)
    const over = (mode) => ({
      name: `${mode} / ${whole}`,
      ...ratio(series[mode], series[whole]),
      sense: null,
      limit: null,
      reached: null,
    })
    return {
      name,
      title: `${name}: a GPT's training step with AdamW${about}, ${depth} blocks, batch ${batch}, ${context} tokens, width ${width}, vocabulary ${vocabulary}, ${inWords(place)}`,
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

export const step = gptSteps("step", "", ["reversed", "lastTaped", "taped"])
