/**
 * Exact scaling by n/d: all of it is proved on numbers, and tried on arrays and tensors.
 */
import { differingBits, float32Space, InformationBuffer, numberSpace, type Ratio } from "bijou"
import { tensorSpace, tf, useBackend } from "bijou/tensor"
import { describe, expect, test } from "vitest"

const ratios: ReadonlyArray<Ratio> = Array.from({ length: 15 }, (_, i) =>
  Array.from({ length: i + 1 }, (_, j) => ({ n: j + 1, d: i + 2 })),
).flat()

describe("for every n < d <= 16", () => {
  /**
   * A step is two divisions: k = q d + r and B d + r = B' n + t, then k' = q n + t. Each is undone by a product and a sum
   * of whole numbers, and the numbers are below 2^24; so what is to be proved is that quotient and remainder are right.
   */
  test("quotient and remainder are right for all k with |k| < 2^24", () => {
    const { divide } = numberSpace(0)
    let wrong = 0
    for (let d = 2; d <= 16; d++)
      for (let k = 1 - 2 ** 24; k < 2 ** 24; k++) {
        const [q, r] = divide(d, k)
        if (q * d + r !== k || r < 0 || r >= d || !Number.isInteger(q)) wrong++
      }
    expect(wrong).toBe(0)
  }, 240_000)

  test("a float32 product with the reciprocal, rounded, is the quotient of every multiple below 2^24", () => {
    const wrong: number[] = []
    for (let d = 2; d <= 16; d++) {
      const reciprocal = Math.fround(1 / d)
      for (let q = 0; q * d < 2 ** 24; q++) if (Math.round(Math.fround(q * d * reciprocal)) !== q) wrong.push(d)
    }
    expect(wrong).toEqual([])
  }, 60_000)

  test("the digits fit, and one step more would not", () => {
    for (const ratio of ratios) {
      const [steps, { d }] = [InformationBuffer.lasts(ratio), ratio]
      const most = InformationBuffer.largest(ratio, steps)
      expect(InformationBuffer.largest(ratio, steps - 1) * d + d).toBeLessThanOrEqual(2 ** 24)
      expect(most * d + d).toBeGreaterThan(2 ** 24)
    }
    expect(InformationBuffer.lasts({ n: 3, d: 5 })).toBe(29)
  })

  test("a network deep enough to spill three times comes back, over the whole range", () => {
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

/** Whole numbers over the range of float32's 24 bits, both ends among them. */
const spread = Float32Array.from({ length: 4096 }, (_, i) => Math.round(((i - 2047.5) * (2 ** 24 - 1)) / 2047.5))

test("Float32Arrays have the bits of numbers", () => {
  const [numbers, floats] = [numberSpace(0), float32Space(0)]
  for (const d of [2, 3, 5, 7, 10, 16, 1000, 4096]) {
    const [q, r] = floats.divide(d, spread)
    const one = [...spread].map((k) => numbers.divide(d, k))
    expect(
      differingBits(
        q,
        Float32Array.from(one, ([quotient]) => quotient),
      ),
    ).toBe(0)
    expect(
      differingBits(
        r,
        Float32Array.from(one, ([, remainder]) => remainder),
      ),
    ).toBe(0)
  }
})

test.each(["cpu", "wasm"] as const)("tensors on %s have the bits of Float32Arrays", async (backend) => {
  await useBackend(backend)
  for (const bits of [0, 9]) {
    const [tensors, floats] = [tensorSpace(bits), float32Space(bits)]
    const values = spread.map((k) => k / 2 ** bits)
    const x = tf.tensor(values, [4, 1024])
    for (const d of [2, 3, 5, 6, 7, 10, 16, 1000, 4095, 4096]) {
      const [q, r] = tensors.divide(d, x)
      const [quotient, remainder] = floats.divide(d, values)
      expect(differingBits(await q.data<"float32">(), quotient)).toBe(0)
      expect(differingBits(await r.data<"float32">(), remainder)).toBe(0)
      tf.dispose([q, r])
    }
    x.dispose()
  }
})

test("a ratio that is none is refused", () => {
  for (const ratio of [
    { n: 0, d: 5 },
    { n: 5, d: 5 },
    { n: 6, d: 5 },
    { n: 1, d: 4097 },
    { n: 0.5, d: 2 },
  ])
    expect(() => InformationBuffer.size(ratio)).toThrow(
      `A ratio n/d has whole numbers 0 < n < d <= 4096, not ${ratio.n}/${ratio.d}.`,
    )
})

describe("the bytes of a buffer", () => {
  const ratio = { n: 3, d: 5 }
  const space = numberSpace(9)
  const [buffer, spill] = [InformationBuffer.side(ratio, space.value), InformationBuffer.spill(ratio, space.value)]
  const tagOf = async (result: ReturnType<typeof buffer.fromBytes> | ReturnType<typeof spill.fromBytes>) => {
    const either = await result()
    return either._tag === "Left" ? either.left._tag : either.right
  }

  test("come back, and count what the steps can have lost", async () => {
    const full = { digits: 77 / 512, steps: 29 }
    expect(await tagOf(buffer.fromBytes(await buffer.toBytes(full)()))).toEqual(full)
    expect(buffer.bits({ digits: 0, steps: 0 })).toBe(0)
    expect(buffer.bits({ digits: 0, steps: 1 })).toBe(1) // floor((5 - 1) / 3) is at most 1
    expect(spill.bits(null)).toBe(0)
    expect(spill.bits(77 / 512)).toBeLessThan(24)
    expect(await tagOf(spill.fromBytes(await spill.toBytes(77 / 512)()))).toBe(77 / 512)
    expect(await tagOf(spill.fromBytes(await spill.toBytes(null)()))).toBe(null)
  })

  test("are refused where they are cut short, or of more steps than a buffer lasts", async () => {
    expect(await tagOf(buffer.fromBytes(Uint8Array.of(1, 0, 0)))).toBe("SideMismatch")
    const late = await buffer.toBytes({ digits: 0, steps: 30 })()
    expect(await tagOf(buffer.fromBytes(late))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(new Uint8Array()))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(Uint8Array.of(0, 0)))).toBe("SideMismatch")
    expect(await tagOf(spill.fromBytes(Uint8Array.of(2)))).toBe("SideMismatch")
  })
})
