/** Training steps of a GPT. */
import { unbounded } from "../bounds.ts"
import { bytesOf, medians, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { batch, gpt } from "../sizes.ts"
import type { Suite } from "../Suite.ts"

/**
 * A suite of GPT steps: the modes of `modes/NAME.ts`, each compared with `base`, another of them; `about` goes after
 * the title.
 */
export const gptSteps =
  (name: string, about: string, modes: ReadonlyArray<string>, base: string): Suite =>
  async ({ depth, place, pairs, warmup, progress }) => {
    const { context, width, vocabulary } = gpt
    const runners = []
    for (const mode of modes) runners.push(await start(name, mode, depth, place))
    const whole = await start(name, base, depth, place)
    runners.push(whole)
    const times = await rounds(runners, { count: pairs, warmup, report: progress(name, pairs) })
    const bytes = await bytesOf(runners)
    for (const { stop } of runners) stop()
    return {
      name,
      title: `${name}: a GPT's training step with AdamW${about}, ${depth} blocks, batch ${batch}, ${context} tokens, width ${width}, vocabulary ${vocabulary}, ${inWords(place)}`,
      on: whole.on,
      depth,
      sizes: { ...gpt, batch },
      modes: runners.map(({ mode }) => {
        const { ms, cpu } = medians(times, mode)
        return { mode, ms, cpu, tokensPerSecond: (1e3 * batch * context) / ms, ...bytes[mode] }
      }),
      ratios: modes.map((mode) => unbounded(`${mode} / ${base}`, ratio(times, mode, base))),
      ...times,
    }
  }

export const step: Suite = gptSteps("step", "", ["reversed", "lastTaped"], "taped")
