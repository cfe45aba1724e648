/**
 * Sides of tensors from wrong bytes: they are refused with a sentence, and no tensor is left.
 */
import { either as E, option as O } from "fp-ts"
import { InformationBuffer, Key, Params, Side } from "bijou"
import { float32TensorSide, int32TensorSide, tensor, tensorSpace, tf } from "bijou/tensor"
import { parameterSide } from "../../src/tensor/values/parameterSide.ts"
import { expect, it } from "vitest"
import { heldSide } from "../../src/core/Held.ts"
import { quoted } from "../../src/core/quoted.ts"
import { encodeFrame } from "../../src/exact/frame.ts"
import { shapesOf } from "../../src/tensor/values/parameterSide.ts"
import { alive, onBackends, right, tinyGpt } from "../support/specimens.ts"

const space = tensorSpace(9)
const { bit, value } = space
const ratio = { n: 3, d: 5 }

/** What the reader says about the bytes, or "accepted". Tensors left afterwards are counted. */
const word = async <S>(side: Side<S>, bytes: Uint8Array): Promise<string> => {
  const before = alive()
  const result = await side.fromBytes(bytes)()
  if (E.isRight(result)) side.release(result.right)
  expect(alive()).toEqual(before)
  return E.isLeft(result) ? `${result.left._tag}: ${result.left.message}` : "accepted"
}

/** The bytes with a wrong last payload byte: the first of a frame's is 0x42. */
const lastFrameBroken = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.lastIndexOf(0x42)
  return bytes.with(at, 0x43)
}

const float32 = (fractionBits: number | null, shape: ReadonlyArray<number>, ...values: ReadonlyArray<number>) =>
  encodeFrame({ kind: "float32", fractionBits, shape, payload: new Uint8Array(Float32Array.from(values).buffer) })

onBackends("Bytes of sides", () => {
  it("leave no tensor if a later part is refused, in every composite side", async () => {
    const x = space.quantize(tf.tensor2d([1.5, -2, 3.25, 0, 5, 6], [2, 3]))
    const s = space.parity(x)
    const digits = tf.zeros([2, 3])
    const tokens = tf.tensor2d([1, 2], [1, 2], "int32")
    const refused = async <S>(side: Side<S>, given: S) => {
      const bytes = await side.toBytes(given)()
      expect(await word(side, bytes)).toBe("accepted")
      expect(await word(side, lastFrameBroken(bytes))).toMatch(/^SideMismatch: These \d+ bytes do not begin with BJOU/)
    }
    await refused(Side.pair(value, value), [x, x])
    await refused(Side.array(3, value), [x, x, x])
    await refused(Side.pair(int32TensorSide, Side.pair(bit, value)), [tokens, [s, x]])
    await refused(heldSide(bit, Side.pair(value, bit)), { _tag: "kept", input: [x, s] })
    await refused(heldSide(Side.pair(bit, bit), value), { _tag: "reversed", side: [s, s] })
    const buffer = InformationBuffer.side(ratio, value)
    await refused(Side.pair(buffer, InformationBuffer.spill(ratio, value)), [{ digits, steps: 2 }, digits])
    await refused(Side.pair(InformationBuffer.spill(ratio, value), value), [null, x])
    tf.dispose([x, s.packed, digits, tokens])
  })

  it("describe what they contain, not what they look like", () => {
    const x = space.quantize(tf.tensor2d([1.5, -2, 3.25, 0, 5, 6], [2, 3]))
    const s = space.parity(x)
    const plane = { _tag: "plane", value: s.packed, bits: 6 }
    expect(Side.contents(Side.pair(Side.nothing, Side.array(2, bit)), [null, [s, s]])).toEqual([plane, plane])
    const held = heldSide<typeof s, tf.Tensor, string>(bit, value)
    expect(Side.contents(held, { _tag: "reversed", side: s })).toEqual([plane])
    expect(Side.contents(held, { _tag: "kept", input: x })).toEqual([{ _tag: "kept", value: x }])
    expect(Side.contents(held, { _tag: "taped", input: x, tape: "t" })).toEqual([
      { _tag: "kept", value: x },
      { _tag: "tape", value: "t" },
    ])
    const buffer = { digits: x, steps: 1 }
    expect(Side.contents(InformationBuffer.side(ratio, value), buffer)).toEqual([
      { _tag: "information", value: buffer },
    ])
    const { contents: _, ...silent } = bit // looks like a plane, and says nothing
    expect(Side.contents(silent, s)).toEqual([{ _tag: "information", value: s }])
    tf.dispose([x, s.packed])
  })

  it("are read whatever values they contain, which the claims of a chain judge", async () => {
    for (const x of [1 / 1024, 0.3, NaN, Infinity, 32_768, -0]) {
      expect(await word(value, float32(9, [1, 2], 0.5, x))).toBe("accepted")
      expect(await word(float32TensorSide(null), float32(null, [1, 2], 0.5, x))).toBe("accepted")
    }
    expect(() => float32TensorSide(24)).toThrow(RangeError)
  })

  it("are refused if a plane's padding is not 0", async () => {
    const plane = (byte: number) =>
      encodeFrame({ kind: "plane", fractionBits: 9, shape: [1, 5], payload: Uint8Array.of(byte) })
    expect(await word(bit, plane(0b00011111))).toBe("accepted")
    for (const byte of [0b00100000, 0b10000000])
      expect(await word(bit, plane(byte))).toBe(
        "SideMismatch: The last 3 bits of a plane of shape [1, 5] are padding and must be 0.",
      )
  })

  it("are refused if a buffer holds digits that this many steps cannot lose", async () => {
    const buffer = InformationBuffer.side(ratio, value)
    const after = (steps: number, ...digits: ReadonlyArray<number>) =>
      Uint8Array.of(steps, 0, 0, 0, ...float32(9, [1, digits.length], ...digits.map((digit) => digit / 512)))
    expect(await word(buffer, after(1, 0, 1))).toBe("accepted")
    expect(await word(buffer, after(0, 0, 0))).toBe("accepted")
    for (const [steps, digit] of [
      [0, 1],
      [1, 2],
      [1, -1],
    ] as const)
      expect(await word(buffer, after(steps, 0, digit))).toMatch(
        `SideMismatch: After ${steps} steps of 3/5 digits must be from 0 to ${steps}, but the bytes have others.`,
      )
    expect(await word(buffer, after(1, 0, 0.5))).toMatch(/^SideMismatch: After 1 steps of/)
    const most = InformationBuffer.largest(ratio, InformationBuffer.lasts(ratio))
    const spilled = (digit: number) => Uint8Array.of(1, ...float32(9, [1], digit / 512))
    const spill = InformationBuffer.spill(ratio, value)
    expect(await word(spill, spilled(most))).toBe("accepted")
    expect(await word(spill, spilled(most + 1))).toMatch(/^SideMismatch: After 29 steps/)
  })

  it("are refused with a short sentence if a header names sizes that no array has", async () => {
    const header = (...sizes: ReadonlyArray<number>) =>
      encodeFrame({ kind: "float32", fractionBits: null, shape: sizes, payload: new Uint8Array() })
    const huge = 2 ** 32 - 1
    const side = float32TensorSide(null)
    expect(await word(side, header(huge, huge, huge))).toBe(
      `SideMismatch: A float32 of shape [${huge}, ${huge}, ${huge}] has more elements than any array. Pass bytes that toBytes wrote.`,
    )
    expect(await word(side, header(...new Array<number>(40).fill(huge), 0))).toMatch(/\.\.\. 41 sizes\] has more/)
    expect(await word(side, header(huge))).toMatch(/has 17179869196 bytes, but 16 were given/)
    expect((await word(side, header(...new Array<number>(100_000).fill(7)))).length).toBeLessThan(200)
    const rank = header(1)
    rank.fill(0xff, 8, 12)
    expect(await word(side, rank)).toMatch(/^SideMismatch: The bytes end after 16, inside their header/)
  })
})

onBackends("Bytes of parameters", () => {
  const params = (width: number, depth: number) =>
    Params.named(
      "blocks",
      Params.array(depth, Params.struct({ w: tensor.normal([width, width], 0.1), b: tensor.zeros([width]) })),
    )
  const written = async (width: number, depth: number) => {
    const p = params(width, depth).init(Key.fromSeed(1))
    const bytes = await parameterSide(params(width, depth)).toBytes(p)()
    parameterSide(params(width, depth)).release(p)
    return bytes
  }
  const path = (i: number, name: string) => `blocks/${i}/${name}`

  it("of a network with other blocks or another width are refused, and leave no tensor", async () => {
    const side = parameterSide(params(4, 2))
    expect(await word(side, await written(4, 2))).toBe("accepted")
    expect(await word(side, await written(4, 3))).toBe(
      'ParameterMismatch: The bytes contain the parameter "blocks/2/w", but the network does not have it. Use the network that they were written for.',
    )
    expect(await word(side, await written(4, 1))).toBe(
      "ParameterMismatch: The parameter blocks/1/w is missing from the bytes. Use the network that they were written for.",
    )
    expect(await word(side, await written(8, 2))).toBe(
      "ParameterMismatch: The parameter blocks/0/w is [8, 8] in the bytes, but [4, 4] in the network. Use the network that they were written for.",
    )
  })

  it("are refused if a path occurs twice, is unknown or is not text", async () => {
    const side = parameterSide(params(1, 1))
    const raw: Side<Uint8Array> = {
      only: O.none,
      bits: (given) => 8 * given.length,
      toBytes: (given) => async () => given,
      fromBytes: (given) => async () => E.right(given),
      release: () => {},
    }
    const envelope = Side.pair(raw, raw)
    const bytes = async (json: string, count = 2) => {
      const leaf = float32(null, [1, 1], 0.5)
      return envelope.toBytes([
        new TextEncoder().encode(json),
        await Side.array(count, raw).toBytes(new Array<Uint8Array>(count).fill(leaf))(),
      ])()
    }
    const paths = (...names: ReadonlyArray<string>) => bytes(JSON.stringify(names))
    expect(await word(side, await paths(path(0, "w"), path(0, "w")))).toMatch(/"blocks\/0\/w" twice/)
    expect(await word(side, await paths(path(0, "w"), "\u001b[2J\u009b\u202e"))).toMatch(
      'the parameter "\\u001b[2J\\u009b\\u202e", but',
    )
    expect((await word(side, await paths("x".repeat(100_000)))).length).toBeLessThan(250)
    expect(await word(side, await paths("__proto__"))).toMatch(
      /parameter "__proto__", but the network does not have it/,
    )
    for (const json of ["", "{", "{}", "[1]", "[".repeat(100_000), `${"[".repeat(5000)}${"]".repeat(5000)}`, "[null]"])
      expect(await word(side, await bytes(json))).toBe(
        "ParameterMismatch: The bytes do not begin with the paths of parameters.",
      )
    expect(await word(side, await paths(path(0, "w"), path(0, "b")))).toMatch(/blocks\/0\/b is \[1, 1\] in the bytes/)
  })

  it("are compared with the shapes of the network, which are found without its values", () => {
    const before = alive()
    const shapes = shapesOf(tinyGpt({ depth: 1000, width: 8192, heads: 8 }).bijection.params)
    // Drawn, they would be 805 thousand million numbers.
    expect(shapes.get("blocks/999/mlp/up/weight")).toEqual([8192, 32_768])
    expect(alive()).toEqual(before)
  })

  it("of a tree of one leaf, or of none, are restored", async () => {
    const one = parameterSide(tensor.ones([3]))
    const given = tf.tensor1d([1, 2, 3])
    const back = right(await one.fromBytes(await one.toBytes(given)())())
    expect([...(await back.data())]).toEqual([1, 2, 3])
    tf.dispose([given, back])
    expect(await word(parameterSide(Params.none), await parameterSide(Params.none).toBytes({})())).toBe("accepted")
  })
})

it("Foreign text is quoted, cut, and its control characters escaped", () => {
  expect(quoted("blocks/0/w")).toBe('"blocks/0/w"')
  expect(quoted('a"\n\u0000\u007f\u2028')).toBe('"a\\"\\n\\u0000\\u007f\\u2028"')
  expect(quoted("x".repeat(61))).toBe(`"${"x".repeat(60)}..."`)
  expect(quoted("x".repeat(60))).toBe(`"${"x".repeat(60)}"`)
})
