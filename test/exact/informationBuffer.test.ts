/**
 * The information buffer: how long it lasts, what spills, its bytes, and its division.
 */
import { float32Space, InformationBuffer, numberSpace } from "bijou"
import type { Ratio } from "../../src/exact/InformationBuffer.ts"
import { describe, expect, it } from "vitest"

const ratios: ReadonlyArray<Ratio> = Array.from({ length: 15 }, (_, i) =>
  Array.from({ length: i + 1 }, (_, j) => ({ n: j + 1, d: i + 2 })),
).flat()

describe("for every n < d <= 16", () => {
  it("the digits fit, but one step more would not", () => {
    for (const ratio of ratios) {
      const [steps, { d }] = [InformationBuffer.lasts(ratio), ratio]
      const most = InformationBuffer.largest(ratio, steps)
      expect(InformationBuffer.largest(ratio, steps - 1) * d + d).toBeLessThanOrEqual(2 ** 24)
      expect(most * d + d).toBeGreaterThan(2 ** 24)
    }
    expect(InformationBuffer.lasts({ n: 3, d: 5 })).toBe(29)
    // (5 B + 4) / 3 and 2 B + 1, rounded down, from 0.
    expect([0, 1, 2, 3, 4].map((steps) => InformationBuffer.largest({ n: 3, d: 5 }, steps))).toEqual([0, 1, 3, 6, 11])
    expect([0, 1, 2, 3, 4].map((steps) => InformationBuffer.largest({ n: 1, d: 2 }, steps))).toEqual([0, 1, 3, 7, 15])
  })

  it("a network deep enough to spill three times is inverted, over the whole range", () => {
    const space = numberSpace(0)
    for (const ratio of ratios) {
      const scale = InformationBuffer.scale(space, ratio)
      const unscale = InformationBuffer.unscale(space, ratio)
      const steps = 3 * InformationBuffer.lasts(ratio) + 5
      const given = Array.from(
        { length: steps },
        (_, i) => ((i * 7368787 + ratio.n * 104729) % (2 ** 25 - 1)) - 2 ** 24 + 1,
      )
      let buffer = InformationBuffer.empty(space, 0)
      const after = given.map((k) => {
        const step = scale(1, k, buffer)
        buffer = step.buffer
        return step
      })
      expect(after.filter(({ spilled }) => spilled !== null).length).toBe(3)
      const back = after.toReversed().map(({ x, spilled }) => {
        const step = unscale(1, x, buffer, spilled)
        buffer = step.buffer
        expect(step.rest ?? 0).toBe(0)
        return step.x
      })
      expect(back.toReversed()).toEqual(given)
      expect(buffer).toEqual({ digits: 0, steps: 0 })
    }
  })
})

it("a division rounds down, and has one zero", () => {
  const given = [-7, -5, -3, 0, 3, 7].map((k) => k / 2)
  const [quotients, remainders] = [
    [-2, -1, -1, 0, 0, 1],
    [3, 0, 2, 0, 3, 2],
  ].map((row) => row.map((k) => k / 2))
  const { divide } = numberSpace(1)
  expect(given.map((x) => divide(5, x)[0])).toEqual(quotients)
  expect(given.map((x) => divide(5, x)[1])).toEqual(remainders)
  const array = Float32Array.from(given)
  const arrays = float32Space(1).divide(5, array)
  expect([...array]).toEqual(given)
  expect(arrays.map((numbers) => [...numbers])).toEqual([quotients, remainders])
  expect(Object.is(divide(5, -0)[0], 0)).toBe(true)
})

it("an invalid ratio is refused", () => {
  for (const ratio of [
    { n: 0, d: 5 },
    { n: -1, d: 5 },
    { n: 1, d: 1.5 },
    { n: 5, d: 5 },
    { n: 6, d: 5 },
    { n: 1, d: 4097 },
    { n: 0.5, d: 2 },
  ])
    expect(() => InformationBuffer.size(ratio)).toThrow(
      `A ratio n/d must have integers 0 < n < d <= 4096, not ${ratio.n}/${ratio.d}.`,
    )
  expect(InformationBuffer.size({ n: 1, d: 4096 })).toBe(1 / 4096)
})

describe("the bytes of a buffer", () => {
  const ratio = { n: 3, d: 5 }
  const space = numberSpace(9)
  const [buffer, spill] = [InformationBuffer.side(ratio, space.value), InformationBuffer.spill(ratio, space.value)]
  const tagOf = async (result: ReturnType<typeof buffer.fromBytes> | ReturnType<typeof spill.fromBytes>) => {
    const either = await result()
    return either._tag === "Left" ? either.left._tag : either.right
  }

  it("are restored, and count what the steps can have lost", async () => {
    const full = { digits: 77 / 512, steps: 29 }
    expect(await tagOf(buffer.fromBytes(await buffer.toBytes(full)()))).toEqual(full)
    expect(buffer.bits({ digits: 0, steps: 0 })).toBe(0)
    expect(buffer.bits({ digits: 0, steps: 1 })).toBe(1) // floor((5 - 1) / 3) is at most 1
    const three = InformationBuffer.side(ratio, float32Space(9).value)
    expect(three.bits({ digits: Float32Array.of(1, 2, 3), steps: 1 })).toBe(3)
    expect(spill.bits(null)).toBe(0)
    expect(spill.bits(77 / 512)).toBeLessThan(24)
    expect(await tagOf(spill.fromBytes(await spill.toBytes(77 / 512)()))).toBe(77 / 512)
    expect(await tagOf(spill.fromBytes(await spill.toBytes(null)()))).toBe(null)
  })

  it("are refused if they are truncated, or of more steps than a buffer lasts", async () => {
    expect(await tagOf(buffer.fromBytes(Uint8Array.of(1, 0, 0)))).toBe("SideMismatch")
    const late = await buffer.toBytes({ digits: 0, steps: 30 })()
    expect(await tagOf(buffer.fromBytes(late))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(new Uint8Array()))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(Uint8Array.of(0, 0)))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(Uint8Array.of(2)))).toBe("SideMismatch")
    const neither = await spill.toBytes(77 / 512)()
    neither[0] = 2
    expect(await tagOf(spill.fromBytes(neither))).toBe("SideMismatch")
  })
})
