/**
 * The laws of exact scaling: no information is lost, and no digit is larger than its steps allow.
 */
import fc from "fast-check"
import { InformationBuffer, type Ratio } from "../../src/exact/InformationBuffer.ts"
import type { Space } from "../../src/exact/Space.ts"
import { aboutValues } from "../engine/about.ts"
import { floatsOf, look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"

// ---------------------------------------------------------------- model

/** Scaling on a space; the library's scaling is `InformationBuffer`. */
export interface ScalingSubject<in out X, in out Bit> {
  readonly name: string
  readonly space: Space<X, Bit>
  /** Values on the grid, up to its limit. */
  readonly values: fc.Arbitrary<X>
  /** The number of samples of a value. */
  readonly samples: (x: X) => number
  readonly scale: typeof InformationBuffer.scale<X, Bit>
  readonly unscale: typeof InformationBuffer.unscale<X, Bit>
}

const ratios: fc.Arbitrary<Ratio> = fc
  .oneof(fc.integer({ min: 2, max: 16 }), fc.integer({ min: 2, max: 4096 }))
  .chain((d) => fc.integer({ min: 1, max: d - 1 }).map((n) => ({ n, d })))

// ----------------------------------------------------------------- laws

/**
 * Scaling by n/d rounds by less than n steps, is inverted bit for bit through any number of spills, and keeps its
 * digits small.
 */
export const scalingLaws = <X, Bit>(subject: ScalingSubject<X, Bit>): LawSet => {
  const { name, samples, space, values } = subject
  const { grid } = space
  const units = async (x: X) => floatsOf(await look(x)).map((a) => a * grid.scale)
  const runs = fc.record({
    ratio: ratios,
    xs: fc.array(values, { minLength: 1, maxLength: 70, size: "max" }),
  })

  /** Scales one value after the other with one buffer. */
  const scaled = (ratio: Ratio, xs: ReadonlyArray<X>) => {
    const scale = subject.scale(space, ratio)
    const [first] = xs
    if (first === undefined) throw new RangeError("Scaling needs at least one value, but 0 were given.")
    let buffer = InformationBuffer.empty(space, first)
    return xs.map((x) => {
      const after = scale(samples(x), x, buffer)
      buffer = after.buffer
      return after
    })
  }

  return {
    topic: "scaling",
    name: `${name} scales`,
    parents: [],
    laws: [
      aboutValues("unscale after scale gives back values, buffers and spills", runs, async ({ ratio, xs }) => {
        const steps = scaled(ratio, xs)
        const unscale = subject.unscale(space, ratio)
        const [lhs, rhs]: [unknown[], unknown[]] = [[], []]
        let buffer = steps.at(-1)?.buffer
        for (const [i, { x, spilled }] of [...steps.entries()].toReversed()) {
          if (buffer === undefined) break
          const before = unscale(samples(x), x, buffer, spilled)
          buffer = before.buffer
          const was = i === 0 ? InformationBuffer.empty(space, x) : steps[i - 1]?.buffer
          lhs.push(await look([before.x, before.rest, buffer.digits]), buffer.steps)
          rhs.push(await look([xs[i], before.rest && space.minus(x, x), was?.digits]), was?.steps)
        }
        return { lhs, rhs }
      }),

      aboutValues("digits are integers, and no larger than their steps allow", runs, async ({ ratio, xs }) => {
        const wrong: unknown[] = []
        for (const { buffer } of scaled(ratio, xs)) {
          const largest = InformationBuffer.largest(ratio, buffer.steps)
          for (const k of await units(buffer.digits))
            if (!Number.isInteger(k) || k < 0 || k > largest) wrong.push([ratio, buffer.steps, k])
        }
        return { lhs: wrong, rhs: [] }
      }),

      aboutValues("a scaled value is less than n steps from n/d of it", runs, async ({ ratio, xs }) => {
        const wrong: unknown[] = []
        for (const [i, { x }] of scaled(ratio, xs).entries()) {
          const given = xs[i] === undefined ? [] : await units(xs[i])
          for (const [place, k] of (await units(x)).entries()) {
            const far = Math.abs(k - ((given[place] ?? 0) * ratio.n) / ratio.d)
            if (!(far < ratio.n)) wrong.push([ratio, k, far])
          }
        }
        return { lhs: wrong, rhs: [] }
      }),
    ],
  }
}
