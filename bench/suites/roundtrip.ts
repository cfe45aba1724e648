/**
 * The forward pass and its inverse, without gradients, and the planes as bytes.
 */
import { unbounded } from "../bounds.ts"
import { bytesOf, medians, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"
import type { Suite } from "../Suite.ts"

export const roundtrip: Suite = async ({ depth, place, pairs, warmup, progress }) => {
  const first = await start("roundtrip", "infer", depth, place)
  const runners = [first]
  for (const mode of ["forward", "inverse", "planes"]) runners.push(await start("roundtrip", mode, depth, place))
  const times = await rounds(runners, { count: pairs, warmup, report: progress("roundtrip", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  const matmulPeak = Math.max(...runners.map(({ peak }) => peak))
  const ratioOf = (above: string, below: string) => unbounded(`${above} / ${below}`, ratio(times, above, below))
  return {
    name: "roundtrip",
    title: `roundtrip: ${depth} blocks of the trunk, ${inWords(place)}; every bit was rebuilt`,
    on: first.on,
    matmulPeak,
    depth,
    sizes,
    modes: runners.map(({ mode }) => {
      const { ms, cpu } = medians(times, mode)
      const speed = mode === "planes" ? {} : speedOf(operations(sizes, depth), ms, matmulPeak)
      return { mode, ms, cpu, tokensPerSecond: tokensPerSecond(ms), ...speed, ...bytes[mode] }
    }),
    ratios: [ratioOf("forward", "infer"), ratioOf("inverse", "forward"), ratioOf("planes", "forward")],
    ...times,
  }
}

const tokensPerSecond = (ms: number): number => (1e3 * sizes.batch * sizes.tokens) / ms
