/** Forwards and back again, without gradients, and the planes through bytes. */
import { bytesOf, median, ratio, rounds } from "../pairs.ts"
import { inWords } from "../Place.ts"
import { start } from "../Runner.ts"
import { operations, trunk as sizes } from "../sizes.ts"
import { speedOf } from "../speed.ts"

export const roundtrip = async ({ depth, place, pairs, warmup, progress }) => {
  const runners = []
  for (const mode of ["infer", "forward", "inverse", "planes"])
    runners.push(await start("roundtrip.js", mode, depth, place))
  const { series, cpu } = await rounds(runners, { count: pairs, warmup, report: progress("roundtrip", pairs) })
  const bytes = await bytesOf(runners)
  for (const { stop } of runners) stop()
  const matmulPeak = Math.max(...runners.map(({ peak }) => peak))
  const unbound = (name, measured) => ({ name, ...measured, sense: null, limit: null, reached: null })
  return {
    name: "roundtrip",
    title: `roundtrip: ${depth} blocks of the trunk, ${inWords(place)}; every bit came back`,
    on: runners[0].on,
    matmulPeak,
    depth,
    sizes,
    modes: runners.map(({ mode }) => {
      const ms = median(series[mode])
      const speed = mode === "planes" ? {} : speedOf(operations(sizes, depth), ms, matmulPeak)
      return { mode, ms, cpu: median(cpu[mode]), tokensPerSecond: tokensPerSecond(ms), ...speed, ...bytes[mode] }
    }),
    ratios: [
      unbound("forward / infer", ratio(series.forward, series.infer)),
      unbound("inverse / forward", ratio(series.inverse, series.forward)),
      unbound("planes / forward", ratio(series.planes, series.forward)),
    ],
    series,
    cpu,
  }
}

const tokensPerSecond = (ms) => (1e3 * sizes.batch * sizes.tokens) / ms
