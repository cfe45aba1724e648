/**
 * The laws of side information and its bytes.
 */
import { either as E, option as O } from "fp-ts"
import type fc from "fast-check"
import type { Side } from "../../src/core/Side.ts"
import { aboutValues } from "../engine/about.ts"
import { look } from "../engine/evidence.ts"
import type { Kind } from "../engine/Kind.ts"
import type { LawSet } from "../engine/Law.ts"
import { rereadSide } from "../engine/Trial.ts"

// ---------------------------------------------------------------- model

/** A codec of side information with sides to write and read. */
export interface SideSubject<in out S> {
  readonly name: string
  readonly side: Side<S>
  /** Sides without what a plan keeps instead, if the codec has an only value. */
  readonly values: fc.Arbitrary<S>
  /** The kind, for values that are neither numbers, typed arrays nor tensors. */
  readonly kind?: Kind
}

// ----------------------------------------------------------------- laws

/**
 * Sides can be read from their bytes, `only` is the only value, truncated or excess bytes are refused, and reading
 * leaks nothing.
 */
export const sideLaws = <S>({ name, side, values, kind }: SideSubject<S>): LawSet => ({
  topic: "side",
  name: `${name} is a side`,
  parents: [],
  laws: [
    aboutValues("a side is the same after a round trip through its bytes", values, async (s) => ({
      lhs: await look(await rereadSide(side, s)),
      rhs: await look(s),
    })),

    aboutValues("a side with an only value has no other value", values, async (s) => ({
      lhs: await side.toBytes(O.isSome(side.only) ? side.only.value : s)(),
      rhs: await side.toBytes(s)(),
    })),

    aboutValues("a side has no more bits than its bytes", values, async (s) => {
      const room = 8 * (await side.toBytes(s)()).length
      const bits = side.bits(s)
      return { lhs: Math.min(bits, room), rhs: bits }
    }),

    aboutValues("bytes with the last one missing or one more are refused", values, async (s) => {
      const bytes = await side.toBytes(s)()
      const outcomes: string[] = []
      for (const wrong of [...(bytes.length > 0 ? [bytes.subarray(0, -1)] : []), Uint8Array.of(...bytes, 0)]) {
        const result = await side.fromBytes(wrong)()
        outcomes.push(E.isLeft(result) ? result.left._tag : "accepted")
      }
      return { lhs: outcomes, rhs: outcomes.map(() => "SideMismatch") }
    }),

    aboutValues(
      "refused bytes and released sides leak nothing",
      values,
      async (s, { held }) => {
        const bytes = await side.toBytes(s)()
        const before = held?.() ?? 0
        for (const wrong of [bytes, ...damaged(bytes)]) {
          const result = await side.fromBytes(wrong)()
          if (E.isRight(result)) side.release(result.right)
        }
        return { lhs: held?.() ?? 0, rhs: before }
      },
      kind,
    ),
  ],
})

/** Replaces one byte at up to fifty positions; everything before that position is read first. */
const damaged = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const count = Math.min(50, bytes.length)
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i * bytes.length) / count)
    return bytes.with(at, 255 - (bytes[at] ?? 0))
  })
}
