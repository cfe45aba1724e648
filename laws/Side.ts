/**
 * The laws of side information and its bytes.
 */
import { either as E, option as O } from "fp-ts"
import type fc from "fast-check"
import type { Side } from "../src/core/Side.ts"
import { aboutValues } from "./about.ts"
import { look } from "./evidence.ts"
import type { LawSet } from "./Law.ts"
import { rereadSide } from "./Trial.ts"

// ---------------------------------------------------------------- model

/** A codec of side information with sides to write and read. */
export interface SideSubject<in out S> {
  readonly name: string
  readonly side: Side<S>
  /** Where the side has one value, without what a plan keeps in its place. */
  readonly values: fc.Arbitrary<S>
}

// ----------------------------------------------------------------- laws

/** Sides come back from their bytes, `only` has no rival, and bytes that are cut short or too many are refused. */
export const sideLaws = <S>({ name, side, values }: SideSubject<S>): LawSet => ({
  topic: "side",
  name: `${name} is a side`,
  parents: [],
  laws: [
    aboutValues("a side is the same after a trip through its bytes", values, async (s) => ({
      lhs: await look(await rereadSide(side, s)),
      rhs: await look(s),
    })),

    aboutValues("a side with one value has no other", values, async (s) => ({
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
  ],
})
