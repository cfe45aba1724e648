/**
 * Spaces against their formulas, frames against docs/specification.md, and the watch over numbers and Float32Arrays.
 */
import { either as E } from "fp-ts"
import {
  differingBits,
  float32Space,
  GridOverflow,
  hostEnv,
  Irreversible,
  NotOnGrid,
  numberSpace,
  Plan,
  ShapeMismatch,
  Side,
  Space,
} from "bijou"
import { float32Bits, numberBits } from "../../src/exact/bits.ts"
import { float32Side } from "../../src/exact/float32Space.ts"
import { hostWatch } from "../../src/exact/hostWatch.ts"
import type { Claim } from "../../src/core/Watch.ts"
import { describe, expect, it } from "vitest"
import { decodeFrame, encodeFrame, payloadLength } from "../../src/exact/frame.ts"

const numbers = numberSpace(9)
const floats = float32Space(9)
const f32 = (...values: ReadonlyArray<number>) => Float32Array.from(values)

// --------------------------------------------------------------- spaces

describe("the space of numbers", () => {
  it("computes Q((1-g) x + (1+g) h), and rounds nothing else", () => {
    expect(numbers.drift([0.5], 1, 3)).toBe(0.5 + 4.5)
    expect(numbers.drift([-0.5], 1, 3)).toBe(1.5 + 1.5)
    expect(numbers.drift([0.5], 0.3, 0)).toBe(77 / 512) // 76.8
    expect(numbers.plus(0.3, 0.4)).toBe(0.3 + 0.4)
    expect(numbers.minus(0.3, 0.4)).toBe(0.3 - 0.4)
    expect(numbers.times([-2], 0.3)).toBe(-0.6)
    expect([numbers.lift(3, 1), numbers.lift(3, 0)]).toEqual([3 + 1 / 512, 3])
    expect([numbers.lower(3, 1), numbers.lower(1 / 512, 1)]).toEqual([3 - 1 / 512, 0])
    expect(Object.is(numbers.lower(-0, 0), 0)).toBe(true)
    expect(numbers.bit.bits(1)).toBe(1)
    expect(numbers.value.bits(0.5)).toBe(32)
  })

  it("reads back what it wrote", async () => {
    for (const s of [0, 1] as const)
      expect(await numbers.bit.fromBytes(await numbers.bit.toBytes(s)())()).toEqual(E.right(s))
    for (const x of [0, 77 / 512, -3]) {
      const large = new Uint8Array(40)
      large.set(await numbers.value.toBytes(x)(), 5)
      expect(await numbers.value.fromBytes(large.subarray(5, 21))()).toEqual(E.right(x))
    }
  })

  it("has one sample, and says so", () => {
    for (const gamma of [[], [0.5, 0.5]])
      expect(() => numbers.times(gamma, 1)).toThrow(
        `A number is one sample, but the environment has ${gamma.length} sample ids.`,
      )
  })
})

it("a space is made of its single operations, whatever steps it is given", () => {
  const odd = Space.make<number, 0 | 1>({ ...numbers, parity: () => 1 })
  expect(odd.update([0.5], 0, 0, 0)).toEqual([1 / 1024, 1])
})

describe("the space of Float32Arrays", () => {
  it("gives each sample of the batch its own coefficient", () => {
    const [x, h] = [f32(1, 2, 3, 4, 5, 6), f32(10, 20, 30, 40, 50, 60)]
    expect(floats.times([2, -3], x)).toEqual(f32(2, 4, 6, -12, -15, -18))
    expect(floats.times([1, 2, 3], x)).toEqual(f32(1, 2, 6, 8, 15, 18))
    expect(floats.drift([0.5, -0.5], x, h)).toEqual(f32(15.5, 31, 46.5, 26, 32.5, 39))
    expect(floats.plus(x, h)).toEqual(f32(11, 22, 33, 44, 55, 66))
    expect(floats.minus(x, h)).toEqual(f32(-9, -18, -27, -36, -45, -54))
  })

  it("rounds every operation of the drift to float32", () => {
    const coarse = float32Space(0)
    const odd = 5592407 // 3/2 of it lies between two float32s: 8388610 and 8388611
    expect(coarse.drift([0.5], f32(1), f32(odd))).toEqual(f32(8388610)) // not 1/2 + 8388610.5
    expect(coarse.drift([-0.5], f32(odd), f32(1))).toEqual(f32(8388610))
    expect(coarse.drift([0.5], f32(5), f32(2 ** -30))).toEqual(f32(2)) // 5/2 + 2^-29.4 is a tie in float32
  })

  it("moves by the parity of each element, and back to one zero", () => {
    const x = f32(1 / 512, 2 / 512, -1 / 512, 0, 0, 0, 0, 0, 4 / 512, 3 / 512)
    const s = floats.parity(x)
    expect(s).toEqual({ length: 10, bytes: Uint8Array.of(0b101, 0b10) })
    expect(floats.lift(x, s)).toEqual(f32(2 / 512, 2 / 512, 0, 0, 0, 0, 0, 0, 4 / 512, 4 / 512))
    expect(differingBits(floats.lower(floats.lift(x, s), s), x)).toBe(0)
    expect(differingBits(floats.lower(f32(-0), floats.parity(f32(0))), f32(0))).toBe(0)
    expect(floats.bit.bits(s)).toBe(10)
    expect(floats.value.bits(x)).toBe(320)
  })

  it("reads the plane of one number, and shares no bytes with what it read", async () => {
    const bytes = await numbers.bit.toBytes(1)()
    const read = await floats.bit.fromBytes(bytes)()
    bytes.fill(0)
    expect(read).toEqual(E.right({ length: 1, bytes: Uint8Array.of(1) }))
  })

  it("refuses shapes that do not fit, naming both", () => {
    expect(() => floats.plus(f32(1, 2), f32(1))).toThrow(ShapeMismatch)
    expect(() => floats.minus(f32(1), f32(1, 2))).toThrow(/^1 activations cannot be combined with 2\./)
    expect(() => floats.lift(f32(1, 2), floats.parity(f32(1)))).toThrow(
      /^A plane of 1 bits does not match 2 activations/,
    )
    expect(() => floats.lower(f32(1), floats.parity(f32(1, 2)))).toThrow(ShapeMismatch)
    for (const gamma of [[], [1, 1], [1, 1, 1, 1]])
      expect(() => floats.times(gamma, f32(1, 2, 3))).toThrow(
        `3 activations cannot be divided into ${gamma.length} samples. Give one sample id`,
      )
  })
})

describe("equality of bits", () => {
  it("distinguishes zeros, treats NaN as equal to itself, and compares lengths", () => {
    expect(numberBits.equals(0, -0)).toBe(false)
    expect(numberBits.equals(NaN, NaN)).toBe(true)
    expect(float32Bits.equals(f32(1, 0), f32(1, 0))).toBe(true)
    expect(float32Bits.equals(f32(1, 0), f32(1, -0))).toBe(false)
    expect(float32Bits.equals(f32(1), f32(1, 0))).toBe(false)
  })

  it("counts every bit that differs, within the views", () => {
    expect(differingBits(Uint8Array.of(0, 0xff), Uint8Array.of(0xff, 0xf0))).toBe(12)
    expect(differingBits(Uint8Array.of(9, 1, 9).subarray(1, 2), Uint8Array.of(8, 8, 2).subarray(2))).toBe(2)
    expect(() => differingBits(f32(1), f32(1, 2))).toThrow("4 bytes cannot be compared with 8.")
    for (const [x, y] of [
      [f32(1), [1]],
      [[1], f32(1)],
    ])
      expect(() => differingBits(x as never, y as never)).toThrow(TypeError) // what an untyped program may return
  })
})

// --------------------------------------------------------------- frames

describe("a frame", () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
  const payload = Uint8Array.of(0xab, 0xcd)

  it("has the bytes of docs/specification.md", () => {
    expect(hex(encodeFrame({ kind: "plane", fractionBits: 9, shape: [2, 5], payload }))).toBe(
      "424a4f55 01010901 02000000 02000000 05000000 abcd".replaceAll(" ", ""),
    )
    const word = Uint8Array.of(1, 2, 3, 4)
    expect(hex(encodeFrame({ kind: "float32", fractionBits: null, shape: [], payload: word }))).toBe(
      "424a4f55 0102ff20 00000000 01020304".replaceAll(" ", ""),
    )
    expect(hex(encodeFrame({ kind: "int32", fractionBits: 0, shape: [1], payload: word }))).toBe(
      "424a4f55 01030020 01000000 01000000 01020304".replaceAll(" ", ""),
    )
  })

  it("has as many bytes of elements as its shape needs", () => {
    expect([0, 1, 8, 9, 16, 17].map((n) => payloadLength("plane", [n]))).toEqual([0, 1, 1, 2, 2, 3])
    expect(payloadLength("plane", [3, 3])).toBe(2)
    expect(payloadLength("float32", [2, 3])).toBe(24)
    expect(payloadLength("int32", [])).toBe(4)
  })

  it("is read as it was written, at any place of a larger buffer", () => {
    const frame = { kind: "plane", fractionBits: 9, shape: [2, 8], payload } as const
    const bytes = encodeFrame(frame)
    expect(decodeFrame("plane", 9, bytes)).toEqual(E.right(frame))
    const large = new Uint8Array(64).fill(0xee)
    large.set(bytes, 7)
    expect(decodeFrame("plane", 9, large.subarray(7, 7 + bytes.length))).toEqual(E.right(frame))
    expect(decodeFrame("plane", 9, Buffer.from(bytes))).toEqual(E.right(frame))
  })

  it("of the shortest length is read, and one byte less is refused", () => {
    const bytes = encodeFrame({ kind: "plane", fractionBits: null, shape: [0], payload: new Uint8Array() })
    expect(bytes.length).toBe(16)
    expect(E.isRight(decodeFrame("plane", null, bytes))).toBe(true)
    const refused = (given: Uint8Array) => {
      const result = decodeFrame("plane", null, given)
      return E.isLeft(result) ? result.left.message : "accepted"
    }
    expect(refused(bytes.subarray(0, 15))).toBe("The bytes end after 15, inside their header.")
    expect(refused(bytes.subarray(0, 12))).toBe("The bytes end after 12, inside their header.")
    expect(refused(bytes.subarray(0, 11))).toBe("These 11 bytes do not begin with BJOU. Pass bytes that toBytes wrote.")
    for (const at of [0, 1, 2, 3]) expect(refused(bytes.with(at, 0))).toMatch(/do not begin with BJOU/)
    expect(refused(bytes.with(7, 32))).toBe(
      "A plane was expected, but the bytes are of kind 1 with 32 bits per element.",
    )
    expect(refused(bytes.with(5, 2))).toBe("A plane was expected, but the bytes are of kind 2 with 1 bits per element.")
    expect(refused(bytes.with(6, 9))).toBe(
      "The bytes are on a grid of 9 fraction bits, but the network's grid has none.",
    )
  })

  it("of a composite side is counted and measured in four bytes each", async () => {
    const side = Side.pair(numbers.bit, Side.nothing)
    const bytes = await side.toBytes([1, null])()
    expect(hex(bytes)).toBe("02000000 0d000000 424a4f55010109010000000001 00000000".replaceAll(" ", ""))
    const one = await Side.array(1, Side.nothing).toBytes([null])()
    expect(hex(one)).toBe("0100000000000000")
  })

  it("of floats without a grid keeps every bit, and is not a frame of a grid", async () => {
    const side = float32Side(null)
    const x = f32(NaN, -0, 1e-45, Infinity).subarray(1)
    const bytes = await side.toBytes(x)()
    const back = await side.fromBytes(bytes)()
    expect(E.isRight(back) && differingBits(back.right, x)).toBe(0)
    expect(E.isLeft(await floats.value.fromBytes(bytes)())).toBe(true)
  })
})

// ---------------------------------------------------------------- watch

describe("a host watch", () => {
  const place = { path: ["blocks", "3"], step: 5 }
  const judged = async (...claims: ReadonlyArray<Claim>) => {
    const watch = hostWatch()
    for (const claim of claims) watch.expect(claim)
    const settled = await watch.settle()
    return E.isLeft(settled) ? settled.left : "holds"
  }
  const inRange = (x: unknown, more: { readonly rebuilt?: true } = {}): Claim => ({
    _tag: "InRange",
    place,
    x,
    fractionBits: 9,
    ...more,
  })
  const same = (rebuilt: unknown, recorded: unknown): Claim => ({ _tag: "Same", place, rebuilt, recorded })

  it("measures the largest magnitude, wherever and of whatever sign", async () => {
    const below = 32768 - 1 / 512
    for (const x of [below, -below, f32(0, -below, 1), f32(), f32(below)])
      expect(await judged(inRange(x))).toBe("holds")
    for (const [x, value] of [
      [32768, 32768],
      [-32769, 32769],
      [f32(0, -40000, 1, 35000), 40000],
      [f32(35000, 1, 40000), 40000],
    ] as const) {
      const error = await judged(inRange(x))
      expect(error).toBeInstanceOf(GridOverflow)
      expect(error).toMatchObject({ path: ["blocks", "3"], step: 5, value, limit: 32768, fractionBits: 9 })
    }
    for (const x of [NaN, f32(1, NaN, 99999)]) {
      const error = await judged(inRange(x))
      expect(error).toMatchObject({ _tag: "GridOverflow", value: NaN })
      expect(error).toHaveProperty("message", expect.stringMatching(/blocks\/3, step 5, is not a number/))
    }
  })

  it("reports a rebuilt value out of range as Irreversible", async () => {
    const error = await judged(inRange(40000, { rebuilt: true }))
    expect(error).toBeInstanceOf(Irreversible)
    expect(error).toMatchObject({ name: "Irreversible", path: ["blocks", "3"], step: 5 })
    expect(await judged(inRange(4, { rebuilt: true }))).toBe("holds")
  })

  it("compares bits, element by element and side by side", async () => {
    for (const [x, y] of [
      [1, 1],
      [NaN, NaN],
      [f32(1, 2), f32(1, 2)],
      [
        [1, f32(2)],
        [1, f32(2)],
      ],
    ])
      expect(await judged(same(x, y))).toBe("holds")
    for (const [x, y] of [
      [0, -0],
      [f32(1, 2), f32(1, 3)],
      [
        [1, 2],
        [1, 3],
      ],
      [
        [1, 2],
        [3, 2],
      ],
      [[1], [1, 2]],
      [[1, 2], [1]],
    ])
      expect(await judged(same(x, y))).toBeInstanceOf(Irreversible)
    const offGrid: Claim = { _tag: "OnGrid", place, x: 0.3, rounded: 0.25, fractionBits: 9 }
    expect(await judged(offGrid)).toBeInstanceOf(NotOnGrid)
    expect(await judged(offGrid)).toMatchObject({ name: "NotOnGrid", path: ["blocks", "3"], step: 5, fractionBits: 9 })
    expect(await judged({ ...offGrid, x: 0.25 })).toBe("holds")
    const finite = (x: unknown): Claim => ({ _tag: "Finite", place, x, parameter: "w" })
    expect(await judged(finite(3e38))).toBe("holds")
    for (const x of [NaN, -Infinity, Float32Array.of(1, NaN)])
      expect(await judged(finite(x))).toMatchObject({ name: "GradientNotFinite", step: 5 })
  })

  it("reports the first claim that failed, and starts afresh", async () => {
    const watch = hostWatch()
    watch.expect(same(1, 1))
    watch.expect(same(1, 2))
    watch.expect(inRange(40000))
    expect(await watch.settle()).toMatchObject({ left: { _tag: "Irreversible" } })
    expect(await watch.settle()).toEqual(E.right(undefined))
  })

  it("refuses values of a kind that it cannot read", () => {
    const { expect: claim } = hostWatch()
    for (const x of ["1", null, new Float64Array(1)])
      expect(() => claim(inRange(x))).toThrow(/^A host watch reads numbers and Float32Arrays, not \[object \w+\]\. Use/)
    for (const [x, y] of [
      [1, f32(1)],
      [f32(1), 1],
      [[1], 1],
      [1, [1]],
    ])
      expect(() => claim(same(x, y))).toThrow(TypeError)
  })

  it("is in an environment of step 0, sample 0 and the reversed plan by default", () => {
    expect(hostEnv({ params: 1, seed: 2 })).toMatchObject({ params: 1, path: [], step: 0, samples: [0], plan: {} })
    const told = hostEnv({ params: 1, seed: 2, step: 7, samples: [3, 0], plan: Plan.taped })
    expect(told).toMatchObject({ step: 7, samples: [3, 0], plan: { "": "tape" } })
    for (const wrong of [{ step: -1 }, { step: 0.5 }, { step: 2 ** 53 }, { samples: [0, -1] }, { samples: [1.5] }])
      expect(() => hostEnv({ params: 1, seed: 2, ...wrong })).toThrow(
        /^Steps and sample ids must be non-negative integers below 2\^53, not /,
      )
  })
})
