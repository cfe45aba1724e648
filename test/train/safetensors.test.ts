/**
 * The layout of safetensors files: what is written is read, and other files are refused with a sentence.
 */
import fc from "fast-check"
import { either as E } from "fp-ts"
import { describe, expect, it } from "vitest"
import { sizeOf } from "../../src/exact/frame.ts"
import { ByteSource } from "../../src/train/checkpoint/ByteSource.ts"
import { headerOf, readHeader } from "../../src/train/checkpoint/Safetensors.ts"
import { left, right } from "../support/specimens.ts"

const read = (bytes: Uint8Array) => readHeader(ByteSource.fromBytes(bytes))()

describe("The header of named arrays", () => {
  const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString"))
  const given = fc.record({
    arrays: fc.uniqueArray(
      fc.record({ name: name.filter((n) => n !== "__metadata__"), shape: fc.array(fc.nat(3), { maxLength: 3 }) }),
      { maxLength: 5, selector: (array) => array.name },
    ),
    metadata: fc.uniqueArray(fc.tuple(name, fc.string()), { maxLength: 3, selector: ([key]) => key }),
  })
  type Given = typeof given extends fc.Arbitrary<infer G> ? G : never
  const bytesOf = ({ arrays, metadata }: Given): Uint8Array => {
    const header = headerOf(arrays, new Map(metadata))
    const numbers = arrays.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
    return new Uint8Array(Buffer.concat([header, new Uint8Array(numbers)]))
  }

  it("is read back with names, shapes, places and texts, also from the middle of other bytes", () =>
    fc.assert(
      fc.asyncProperty(given, fc.nat(9), async (safetensors, offset) => {
        const bytes = bytesOf(safetensors)
        const around = new Uint8Array(bytes.length + 20)
        around.set(bytes, offset)
        const back = right(await read(around.subarray(offset, offset + bytes.length)))
        const placed = new Map(back.arrays.map((array) => [array.name, array.shape]))
        expect(placed).toEqual(new Map(safetensors.arrays.map((array) => [array.name, array.shape])))
        expect(back.metadata).toEqual(new Map(safetensors.metadata))
        let at = bytes.length
        for (const array of back.arrays.toReversed()) expect(array.at).toBe((at -= 4 * sizeOf(array.shape)))
        expect(bytes.length % 4).toBe(0)
      }),
    ))

  it("is refused if bytes are truncated or added, and never throws", () =>
    fc.assert(
      fc.asyncProperty(given, fc.nat(), fc.nat(255), async (safetensors, place, byte) => {
        const bytes = bytesOf(safetensors)
        expect(E.isLeft(await read(bytes.subarray(0, place % bytes.length)))).toBe(true)
        expect(E.isLeft(await read(Uint8Array.of(...bytes, byte)))).toBe(true)
        const changed = bytes.slice()
        changed[place % bytes.length] = byte
        const decoded = await read(changed)
        if (E.isLeft(decoded))
          expect(decoded.left.message).toMatch(/^This is not a complete checkpoint: .*\. Use another copy\.$/s)
      }),
    ))

  const withHeader = (header: unknown, numbers = 8) => {
    const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header))
    const bytes = new Uint8Array(8 + json.length + numbers)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
    bytes.set(json, 8)
    return bytes
  }
  const entry = (begin: number, end: number, shape: ReadonlyArray<unknown> = [1], dtype = "F32") => ({
    ...{ dtype, shape, data_offsets: [begin, end] },
  })

  it.each<[unknown, string]>([
    ["{", "its header is not JSON"],
    ["[]", "its header is not a JSON object"],
    ['{"w":{},"w":{}}', "its header has the same name twice"],
    ['{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"shape":[1]}}', "its header has the same name twice"],
    [`{"w":${"[".repeat(5000)}${"]".repeat(5000)}}`, "its header is nested more than 64 levels deep"],
    [`{"w":${"[".repeat(5000)}}`, "its header is nested more than 64 levels deep"],
    [{ w: { dtype: "F32" } }, 'its header does not give the type, shape and offsets of "w"'],
    [{ w: entry(0, 8, [1], "F64") }, '"w" has the type "F64", not F32'],
    [{ w: entry(0, 8) }, '"w" of shape [1] does not take bytes 0 to 8'],
    [{ w: entry(0, 8, [-1, -2]) }, '"w" of shape [-1, -2] does not take bytes 0 to 8'],
    [{ w: entry(0, 4), v: entry(0, 4) }, 'the numbers of "v" begin at byte 0, but those before them end at 4'],
    [{ w: entry(0, 4), v: entry(8, 12) }, 'the numbers of "v" begin at byte 8, but those before them end at 4'],
    [{ w: entry(0, 4) }, "its header lists 4 bytes of numbers, but there are 8"],
    [{ __metadata__: "ab", w: entry(0, 8, [2]) }, "__metadata__ in its header does not contain only strings"],
    [{ __metadata__: { a: 1 }, w: entry(0, 8, [2]) }, "__metadata__ in its header does not contain only strings"],
  ])("are refused with the header %j", async (header, reason) => {
    expect(left(await read(withHeader(header))).message).toContain(reason)
  })
})
