/**
 * The generator against its published vectors, addresses of randomness, and the bytes of planes and activations.
 */
import { either as E } from "fp-ts"
import {
  differingBits,
  float32Space,
  gammas,
  Grid,
  Key,
  normals,
  numberSpace,
  permutation,
  Side,
  uniforms,
  words,
} from "bijou"
import { float32Side } from "../../src/exact/float32Space.ts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { philox } from "../../src/core/Philox.ts"
import { sameShape } from "../../src/exact/frame.ts"

const hex = (block: Uint32Array): string => Array.from(block, (word) => word.toString(16).padStart(8, "0")).join(" ")

describe("Philox4x32-10", () => {
  // Random123, kat_vectors.
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ] as const)("maps counter %j and key %j to the published words", (counter, [k0, k1], published) => {
    const out = new Uint32Array(4)
    philox(out, 0, k0, k1, counter)
    expect(hex(out)).toBe(published)
  })

  it("agrees with a second implementation on BigInt", () => {
    const reference = (counter: ReadonlyArray<number>, key: readonly [number, number]): Uint32Array => {
      const mask = 0xffffffffn
      let [c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n] = counter.map(BigInt)
      let [k0, k1] = key.map(BigInt) as [bigint, bigint] // two words
      for (let round = 0; round < 10; round++) {
        const [p0, p1] = [0xd2511f53n * c0, 0xcd9e8d57n * c2]
        ;[c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask]
        ;[k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask]
      }
      return Uint32Array.from([c0, c1, c2, c3], Number)
    }
    const word = fc.nat({ max: 0xffffffff })
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const out = new Uint32Array(4)
        philox(out, 0, key[0], key[1], counter)
        expect(hex(out)).toBe(hex(reference(counter, key)))
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

describe("a key", () => {
  it("distinguishes names that are cut or padded differently", () => {
    const names = [
      "",
      "\u0000",
      "\u0000\u0000",
      "ab",
      "a",
      "abcd",
      "abcd\u0000",
      "abcde",
      "abcdefgh",
      "ä",
      "a\u0308",
      "1",
      "01",
    ]
    const keys = new Set(names.map((name) => JSON.stringify(Key.child(name)(Key.fromSeed(7)))))
    expect(keys.size).toBe(names.length)
    const nested = Key.child("b")(Key.child("a")(Key.fromSeed(7)))
    expect(Key.child("ab")(Key.fromSeed(7))).not.toEqual(nested)
  })

  it("absorbs a name as docs/specification.md says: four units per block, then a block of its length", () => {
    const parent = { low: 0x89abcdef, high: 0x01234567 }
    const block = (under: Uint32Array, counter: readonly [number, number, number, number]) => {
      const out = new Uint32Array(4)
      philox(out, 0, under[0] ?? NaN, under[1] ?? NaN, counter)
      return out
    }
    const [start, end] = [Uint32Array.of(parent.low, parent.high), 0xffffffff]
    const [a, b, c, d, e] = [97, 98, 99, 100, 101]
    const expected = new Map([
      ["", block(start, [0, 0, 0, end])],
      ["abc", block(block(start, [a, b, c, 0]), [3, 0, 0, end])],
      ["abcd", block(block(start, [a, b, c, d]), [4, 0, 0, end])],
      ["abcde", block(block(block(start, [a, b, c, d]), [e, 0, 0, 0]), [5, 0, 0, end])],
    ])
    for (const [name, [low, high]] of expected) expect(Key.child(name)(parent)).toEqual({ low, high })
  })

  it("of a training step is the child of that name", () => {
    const key = Key.fromSeed(3)
    expect(Key.step(12)(key)).toEqual(Key.child("step 12")(key))
  })

  it("is made from any seed below 2^53, and from no other number", () => {
    expect(Key.fromSeed(2 ** 32 + 5)).toEqual({ low: 5, high: 1 })
    expect(Key.fromSeed(2 ** 53 - 1)).toEqual({ low: 0xffffffff, high: 0x1fffff })
    expect(Key.fromSeed(0)).toEqual({ low: 0, high: 0 })
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => Key.fromSeed(seed)).toThrow(RangeError)
  })
})

describe("a draw", () => {
  const key = Key.fromSeed(99)

  const two = { low: 0x89abcdef, high: 0x01234567 }

  it("of words is the blocks that the sample owns, counted modulo 2^64, for every id below 2^53", () => {
    const blockAt = (counter: bigint): number[] => {
      const out = new Uint32Array(4)
      const [low, high] = [counter, counter >> 32n].map((word) => Number(BigInt.asUintN(32, word)))
      philox(out, 0, two.low, two.high, [low ?? NaN, high ?? NaN, 0, 0])
      return [...out]
    }
    const ids = [0, 1, 6, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3, 2 ** 52 + 3, 2 ** 53 - 1]
    const cases = Array.from({ length: 101 }, (_, i) => [i + 1, ids] as const)
    for (const [width, samples] of [...cases, [8193, [2 ** 53 - 1]] as const]) {
      // The last one passes 2^64.
      const blocks = Math.ceil(width / 4)
      const expected = samples.flatMap((id) =>
        Array.from({ length: blocks }, (_, i) => blockAt(BigInt(id) * BigInt(blocks) + BigInt(i)))
          .flat()
          .slice(0, width),
      )
      expect(words({ key: two, samples }, width)).toEqual(Uint32Array.from(expected))
    }
  })

  it("is refused for ids that are not integers below 2^53, and for a part of a word", () => {
    for (const id of [-1, 0.5, 2 ** 53, Number.NaN])
      expect(() => words({ key: two, samples: [id] }, 1)).toThrow(
        `Sample ids must be integers from 0 to 2^53 - 1, not ${id}.`,
      )
    for (const width of [-1, 0.5, Number.NaN])
      expect(() => words({ key: two, samples: [0] }, width)).toThrow(RangeError)
  })

  it("of uniforms is the low 23 bits of its words, and of gammas the lowest bit of the first", () => {
    const draw = { key: two, samples: [4, 2 ** 35] }
    const drawn = Array.from(words(draw, 50), (word) => (word & 0x7fffff) / 2 ** 23)
    expect([...uniforms(draw, 50)]).toEqual(drawn)
    const many = { key: two, samples: Array.from({ length: 50 }, (_, i) => i) }
    expect(gammas(many)).toEqual(Array.from(words(many, 1), (word) => (word % 2 === 0 ? 0.5 : -0.5)))
  })

  it("of normals is Box and Muller's, also for the smallest words", () => {
    const boxMuller = (drawn: Uint32Array) =>
      Array.from(drawn, (_, i) => {
        const [a = NaN, b = NaN] = drawn.subarray(i - (i % 2))
        const [radius, angle] = [Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32)), (2 * Math.PI * b) / 2 ** 32]
        return Math.fround(radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)))
      })
    const draw = { key: two, samples: [7] }
    const drawn = words(draw, 100_000)
    // From there on, adding 1 changes a float32.
    expect(drawn.some((word, i) => i % 2 === 0 && word < 2 ** 18)).toBe(true)
    expect(differingBits(normals(draw, 100_000), Float32Array.from(boxMuller(drawn)))).toBe(0)
    const three = { key: two, samples: [7, 9] }
    const pairs = words(three, 4)
    expect([...normals(three, 3)]).toEqual([
      ...boxMuller(pairs.slice(0, 4)).slice(0, 3),
      ...boxMuller(pairs.slice(4)).slice(0, 3),
    ])
  })

  it("belongs to the sample, in whatever order and company it is", () => {
    const samples = Array.from({ length: 200 }, (_, i) => 7 * i)
    const alone = new Map(samples.map((sample) => [sample, gammas({ key, samples: [sample] })[0]]))
    const shuffled = fc.sample(fc.shuffledSubarray(samples), { numRuns: 20, seed: 1 })
    for (const order of shuffled)
      expect(gammas({ key, samples: order })).toEqual(order.map((sample) => alone.get(sample)))
  })

  it("has the same bits in a batch as alone, for every width and kind", () => {
    const ids = [12, 0, 2 ** 40 + 3, 5]
    for (const width of [1, 2, 3, 4, 5, 9])
      for (const draw of [uniforms, normals]) {
        const together = draw({ key, samples: ids }, width)
        for (const [place, id] of ids.entries()) {
          const one = draw({ key, samples: [id] }, width)
          expect(differingBits(together.slice(place * width, (place + 1) * width), one)).toBe(0)
        }
      }
  })

  it("differs for every sample, also beyond 2^32", () => {
    const ids = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 45]
    const drawn = words({ key, samples: ids }, 4)
    expect(new Set(ids.map((_, i) => hex(drawn.slice(4 * i, 4 * i + 4)))).size).toBe(ids.length)
  })

  it("of uniforms lies in [0, 1), of gammas is +1/2 or -1/2 about equally often", () => {
    const many = uniforms({ key, samples: [3] }, 100_000)
    expect(many.every((x) => x >= 0 && x < 1)).toBe(true)
    expect(Math.abs(many.reduce((sum, x) => sum + x, 0) / 100_000 - 0.5)).toBeLessThan(0.005)
    const signs = gammas({ key, samples: Array.from({ length: 100_000 }, (_, i) => i) })
    expect(new Set(signs)).toEqual(new Set([0.5, -0.5]))
    expect(Math.abs(signs.reduce((sum, x) => sum + x, 0)) / 100_000).toBeLessThan(0.005)
  })

  it("of normals has mean 0, variance 1 and no infinity", () => {
    const many = normals({ key, samples: [3] }, 100_000)
    expect(many.every(Number.isFinite)).toBe(true)
    expect(Math.abs(many.reduce((sum, x) => sum + x, 0) / 100_000)).toBeLessThan(0.01)
    expect(Math.abs(many.reduce((sum, x) => sum + x * x, 0) / 100_000 - 1)).toBeLessThan(0.02)
  })
})

describe("a permutation", () => {
  it("takes what the words say, one after the other, from what is left", () => {
    for (let length = 0; length <= 40; length++) {
      const key = Key.fromSeed(length)
      const left = Array.from({ length }, (_, i) => i)
      const expected: number[] = []
      for (const [i, word] of [...words({ key, samples: [0] }, length).entries()].toReversed()) {
        const taken = i === 0 ? 0 : Number((BigInt(word) * BigInt(i + 1)) >> 32n)
        expected.unshift(left[taken] as number) // taken <= i
        left[taken] = left[i] as number
      }
      expect(permutation(key, length)).toEqual(expected)
      expect(expected.toSorted((x, y) => x - y)).toEqual(Array.from({ length }, (_, i) => i))
    }
  })
})

describe("a grid", () => {
  it("has 0 to 23 fraction bits", () => {
    for (const l of [-1, 24, 0.5, Number.NaN]) expect(() => Grid.make(l)).toThrow(RangeError)
    expect(Grid.make(9)).toEqual({ fractionBits: 9, step: 1 / 512, scale: 512, limit: 32768 })
    expect(Grid.make(0)).toEqual({ fractionBits: 0, step: 1, scale: 1, limit: 2 ** 24 })
    expect(Grid.make(23)).toEqual({ fractionBits: 23, step: 2 ** -23, scale: 2 ** 23, limit: 2 })
  })

  it("rounds half to even at every size, and does not change values far out of range", () => {
    const round = (y: number) => Grid.round(Grid.make(0), y)
    for (const even of [0, 2, 100, 1000, 2 ** 20, 2 ** 24, 2 ** 40, 2 ** 50])
      for (const sign of [1, -1]) {
        expect(round(sign * (even + 0.5))).toBe(sign * even + 0)
        expect(round(sign * (even + 1.5))).toBe(sign * (even + 2))
        expect(round(sign * (even + 0.75))).toBe(sign * (even + 1))
      }
    for (const large of [
      2 ** 51,
      2 ** 51 + 0.5,
      2 ** 51 + 1,
      2 ** 52 + 1,
      2 ** 53 - 1,
      2 ** 104 + 3 * 2 ** 52,
      1e300,
      Infinity,
    ])
      for (const y of [large, -large]) expect(round(y)).toBe(y)
    expect(round(NaN)).toBe(NaN)
  })

  it("has parities, also of negatives", () => {
    const parity = (x: number) => Grid.parity(Grid.make(1), x)
    expect([-1.5, -1, -0.5, -0, 0, 0.5, 1, 1.5].map(parity)).toEqual([1, 0, 1, 0, 0, 1, 0, 1])
  })

  it("has one zero, also among and next to all ties", () => {
    const round = (y: number) => Grid.round(Grid.make(9), y)
    for (const y of [0, -0, 1 / 1024, -1 / 1024, -1e-300, 1e-300]) expect(Object.is(round(y), 0)).toBe(true)
    expect(round(3 / 1024)).toBe(2 / 512)
    expect(round(-3 / 1024)).toBe(-2 / 512)
  })
})

// ---------------------------------------------------------------- bytes

it("shapes are the same where they have the same axes, in order", () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true)
  expect(sameShape([], [])).toBe(true)
  for (const other of [[], [2], [3, 2], [2, 4], [2, 3, 1]]) expect(sameShape([2, 3], other)).toBe(false)
})

describe("the bytes of a side", () => {
  const floats = float32Space(9)
  const value = Float32Array.of(1, -2, 3)
  const refusal = async <S>(side: Side<S>, bytes: Uint8Array): Promise<string> => {
    const result = await side.fromBytes(bytes)()
    return E.isLeft(result) ? `${result.left._tag}: ${result.left.message}` : "accepted"
  }
  const changed = (bytes: Uint8Array, at: number, byte: number): Uint8Array => bytes.with(at, byte)

  it("are refused with a sentence when anything about them is wrong", async () => {
    const bytes = await floats.value.toBytes(value)()
    expect(bytes.length).toBe(28)
    expect(await refusal(floats.value, bytes)).toBe("accepted")
    expect(await refusal(floats.value, bytes.subarray(0, 5))).toMatch(
      /^SideMismatch: These 5 bytes do not begin with BJOU/,
    )
    expect(await refusal(floats.value, new Uint8Array())).toMatch(/^SideMismatch: These 0 bytes do not begin with BJOU/)
    expect(await refusal(floats.value, bytes.subarray(0, 14))).toMatch(/end after 14, inside their header/)
    expect(await refusal(floats.value, bytes.subarray(0, 27))).toMatch(/shape \[3\] has 28 bytes, but 27 were given/)
    expect(await refusal(floats.value, changed(bytes, 0, 0))).toMatch(/do not begin with BJOU/)
    expect(await refusal(floats.value, changed(bytes, 4, 7))).toMatch(/version 7, but this library reads version 1/)
    expect(await refusal(floats.value, changed(bytes, 5, 1))).toMatch(
      /A float32 was expected, but the bytes are of kind 1/,
    )
    expect(await refusal(floats.value, changed(bytes, 12, 9))).toMatch(/shape \[9\] has 52 bytes, but 28 were given/)
    expect(await refusal(floats.bit, bytes)).toMatch(/A plane was expected, but the bytes are of kind 2/)
    expect(await refusal(float32Space(8).value, bytes)).toMatch(/9 fraction bits, but the network's grid has 8/)
    expect(await refusal(float32Side(null), bytes)).toMatch(/9 fraction bits, but the network's grid has none/)
    expect(await refusal(numberSpace(9).value, bytes)).toMatch(/A number was expected, but the bytes hold shape \[3\]/)
    expect(await refusal(floats.value, changed(bytes, 8, 255))).toMatch(/SideMismatch/)
    expect(await refusal(floats.value, changed(bytes, 11, 255))).toMatch(/SideMismatch/)
  })

  it("are refused when composite parts are cut, missing or too many", async () => {
    const pair = Side.pair(floats.value, floats.bit)
    const bytes = await pair.toBytes([value, floats.parity(value)])()
    for (let length = 0; length < bytes.length; length++)
      expect(await refusal(pair, bytes.subarray(0, length))).toMatch(/^SideMismatch/)
    expect(await refusal(pair, Uint8Array.of(...bytes, 0))).toMatch(/^SideMismatch: 1 bytes are left over/)
    expect(
      await refusal(Side.array(3, floats.value), await Side.array(2, floats.value).toBytes([value, value])()),
    ).toMatch(/3 sides were expected, but the bytes hold 2/)
    expect(await refusal(pair, await Side.array(1, floats.value).toBytes([value])())).toMatch(
      /A pair of sides was expected/,
    )
    expect(await refusal(Side.nothing, Uint8Array.of(1))).toMatch(/has 0 bytes, but 1 were given/)
  })

  it("are read at any offset of a larger buffer, and do not share it", async () => {
    const bytes = await floats.value.toBytes(value)()
    const large = new Uint8Array(64)
    large.set(bytes, 3)
    const read = await floats.value.fromBytes(large.subarray(3, 31))()
    large.fill(0)
    expect(E.isRight(read) && differingBits(read.right, value)).toBe(0)
  })

  it("of a plane are one bit per activation, padded to a byte", async () => {
    for (let n = 0; n < 20; n++) {
      const plane = floats.parity(new Float32Array(n).fill(1 / 512))
      const bytes = await floats.bit.toBytes(plane)()
      expect(floats.bit.bits(plane)).toBe(n)
      expect(bytes.length).toBe(16 + Math.ceil(n / 8))
      expect(bytes.subarray(16).reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0)).toBe(n)
    }
  })
})

// ----------------------------------------------------------- collisions

describe("a key among many", () => {
  it("is another one for every step, path and name: no collision among 200,000", () => {
    const seen = new Set<string>()
    let made = 0
    for (let step = 0; step < 20; step++) {
      const atStep = Key.step(step)(Key.fromSeed(1))
      for (const part of ["blocks", "encoder", "", "a", "b"])
        for (let block = 0; block < 500; block++) {
          const at = Key.child(String(block))(Key.child(part)(atStep))
          for (const name of ["gamma", "residual", "dropout", "a\u0000"]) {
            const { low, high } = Key.child(name)(at)
            seen.add(`${low}/${high}`)
            made++
          }
        }
    }
    expect(seen.size).toBe(made)
    expect(made).toBe(200_000)
  })
})
