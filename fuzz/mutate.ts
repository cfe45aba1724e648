/**
 * Almost valid inputs: the bytes of a target, wrong in one to four places.
 */
import { Key, words } from "bijou"
import type { Target } from "./Reader.ts"

// ---------------------------------------------------------------- model

/** Draws an integer from 0 to `below` - 1. */
type Random = (below: number) => number

// --------------------------------------------------------- constructors

/** Returns the target and the input number `index`, which depend only on the reader's name, the seed and the number. */
export const inputOf = (name: string, targets: ReadonlyArray<Target>, seed: number, index: number) => {
  const drawn = words({ key: Key.child(name)(Key.fromSeed(seed)), samples: [index] }, 64)
  let at = 0
  const random: Random = (below) => Math.floor(((drawn[at++ % drawn.length] ?? 0) / 2 ** 32) * below)
  const target = targets[random(targets.length)]
  if (target === undefined) throw new Error(`The reader ${name} has no targets.`)
  let { bytes } = target
  for (let left = random(4); left >= 0; left--) {
    if (target.edit !== undefined && random(2) === 0) bytes = target.edit(bytes, (json) => editJson(json, random))
    else bytes = mutations[random(mutations.length)]?.(bytes, random, targets) ?? bytes
  }
  return { target, bytes }
}

// ----------------------------------------------------------- combinators

type Mutation = (bytes: Uint8Array, random: Random, targets: ReadonlyArray<Target>) => Uint8Array

const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat(parts))

const withNumber = (bytes: Uint8Array, at: number, number: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  copy.set(number.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length))
  return copy
}

const lengths = [0, 1, 2, 3, 4, 7, 8, 255, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]
const floats = [NaN, Infinity, -Infinity, -0, 1 / 1024, 0.3, 1, -1, 77, 32_768, -32_768, 3.4e38, 1e-45]

const mutations: ReadonlyArray<Mutation> = [
  // one bit
  (bytes, random) => {
    const bit = random(Math.max(1, 8 * bytes.length))
    return bytes.length === 0 ? bytes : bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
  },
  // one of the first bytes, where tags and kinds are
  (bytes, random) => (bytes.length === 0 ? bytes : bytes.with(random(Math.min(24, bytes.length)), random(256))),
  (bytes, random) => bytes.slice(0, random(bytes.length + 1)),
  (bytes, random) => bytes.slice(random(bytes.length + 1)),
  // a part left out
  (bytes, random) => {
    const from = random(bytes.length + 1)
    return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random(16)))
  },
  // bytes put in
  (bytes, random) => {
    const at = random(bytes.length + 1)
    const more = Uint8Array.from({ length: 1 + random(16) }, () => random(256))
    return joined(bytes.subarray(0, at), more, bytes.subarray(at))
  },
  // the beginning of these, and the end of others
  (bytes, random, targets) => {
    const other = targets[random(targets.length)]?.bytes ?? bytes
    return joined(bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1)))
  },
  (_bytes, random, targets) => targets[random(targets.length)]?.bytes ?? new Uint8Array(),
  // a length of 4 bytes, or a header's of 8
  (bytes, random) => {
    const length = lengths[random(lengths.length)] ?? 0
    return withNumber(bytes, random(Math.max(1, bytes.length - 3)), new Uint8Array(Uint32Array.of(length).buffer))
  },
  (bytes, random) => {
    const length = BigInt(lengths[random(lengths.length)] ?? 0) << BigInt(random(2) * 31)
    return withNumber(bytes, 0, new Uint8Array(BigUint64Array.of(length).buffer))
  },
  // a number near the end, where values are
  (bytes, random) => {
    const value = new Uint8Array(Float32Array.of(floats[random(floats.length)] ?? 0).buffer)
    return withNumber(bytes, Math.max(0, bytes.length - 4 * (1 + random(8))), value)
  },
]

/** What JSON may hold where something else is meant; quotes are left out, since JSON may be the text of another. */
const values = [
  ...["-1", "0.5", "1e999", "-1e999", "1e-400", "9007199254740993", "4294967296", "2147483647", "0", "1e21"],
  ...["null", "true", "[]", "{}", "x", ""],
  ...[`${"[".repeat(5000)}${"]".repeat(5000)}`, "[".repeat(50_000), "9".repeat(5000)],
]

const editJson = (json: string, random: Random): string => {
  const numbers = [...json.matchAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/g)]
  const found = numbers[random(Math.max(1, numbers.length))]
  const value = values[random(values.length)] ?? ""
  if (found !== undefined && random(4) > 0)
    return json.slice(0, found.index) + value + json.slice(found.index + found[0].length)
  const names = [...json.matchAll(/[A-Za-z_.\d/]+(?=\\?":)/g)]
  const name = names[random(Math.max(1, names.length))]
  const other = ["__proto__", "constructor", "", "x".repeat(5000), "\\u001b[2J", "toString"][random(6)] ?? ""
  if (name !== undefined && random(2) === 0)
    return json.slice(0, name.index) + other + json.slice(name.index + name[0].length)
  const at = random(json.length + 1)
  return json.slice(0, at) + value + json.slice(at + random(3))
}
