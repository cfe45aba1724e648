/**
 * Impostors of sides and their bytes.
 */
import fc from "fast-check"
import { either as E, option as O } from "fp-ts"
import { Side } from "../../src/core/Side.ts"
import { float32Space, type PackedBits } from "../../src/exact/float32Space.ts"
import { boundedGridNumber, float32Array, packedBits } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { bijectionLaws } from "../sets/Bijection.ts"
import { footprintLaws } from "../sets/Footprint.ts"
import { handleSpace, holdings } from "../engine/Handle.ts"
import { sideLaws } from "../sets/Side.ts"
import { float32Layer } from "../subjects/specimens.ts"
import { float32ChainSubject } from "../subjects/subjects.ts"

const floats = float32Space(9)

const lastBitLost: Side<PackedBits> = {
  ...floats.bit,
  toBytes: ({ length, bytes }) => floats.bit.toBytes({ length, bytes: bytes.map((byte) => byte & 0x7f) }),
}

/** Loses one bit in eight in the bytes. */
export const lostBit = attack(
  "a lost bit",
  sideLaws({ name: "a lost bit", side: lastBitLost, values: packedBits(24) }),
  bijectionLaws(float32ChainSubject("a lost bit", { depth: 3, space: { ...floats, bit: lastBitLost } })),
)

/** Reads missing bytes as 0 and ignores excess bytes. */
export const paddedBytes = attack(
  "a codec that pads",
  sideLaws({
    name: "a codec that pads",
    side: { ...floats.bit, fromBytes: (bytes) => async () => E.right({ length: 24, bytes: bytes.slice(16, 19) }) },
    values: packedBits(24),
  }),
)

/** Declares an only value for a plane of bits, which contains information. */
export const falseOnly = attack(
  "information declared as none",
  sideLaws({
    name: "information declared as none",
    side: { ...floats.bit, only: O.some({ length: 24, bytes: new Uint8Array(3) }) },
    values: packedBits(24),
  }),
)

const owners = holdings()
const owned = handleSpace(owners, 9).value
const ownedNumber = boundedGridNumber(floats.grid, 8).map((x) => owners.make(x))

/** Leaks the first part if the second is refused. */
export const forgottenPart = attack(
  "a pair that forgets its first part",
  sideLaws({
    name: "a pair that forgets its first part",
    side: { ...Side.pair(owned, owned), fromBytes: Side.pair({ ...owned, release: () => {} }, owned).fromBytes },
    values: fc.tuple(ownedNumber, ownedNumber),
    kind: owners.kind,
  }),
)

const inflated: Side<PackedBits> = { ...floats.bit, bits: ({ length }) => 32 * length }

/** Counts bits as floats. */
export const inflatedBits = attack(
  "bits counted as floats",
  sideLaws({ name: "bits counted as floats", side: inflated, values: packedBits(24) }),
  bijectionLaws(float32ChainSubject("bits counted as floats", { depth: 3, space: { ...floats, bit: inflated } })),
)

const exact = float32ChainSubject("a chain", {
  depth: 3,
  layer: float32Layer(3, 0.25),
  inputs: float32Array(6, boundedGridNumber(floats.grid, 8)),
})

/** Counts whole bytes, including padding. */
export const countedPadding = attack(
  "padding counted as information",
  footprintLaws({
    ...exact,
    name: "padding counted as information",
    bijection: {
      ...exact.bijection,
      side: { ...exact.bijection.side, bits: (side) => 8 * Math.ceil(exact.bijection.side.bits(side) / 8) },
    },
    bits: (x) => 2 * x.length,
  }),
)
