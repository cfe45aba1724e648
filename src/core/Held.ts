/**
 * The side information of a part that follows a plan.
 */
import { either as E, function as F, option as O, taskEither as TE } from "fp-ts"
import { SideMismatch } from "./errors/SideMismatch.ts"
import { Side } from "./Side.ts"

// ---------------------------------------------------------------- model

/** An input that was kept, alone or together with the tape of its evaluation. */
export type Kept<A, T> =
  { readonly _tag: "kept"; readonly input: A } | { readonly _tag: "taped"; readonly input: A; readonly tape: T }

/** The side of a reversed block, or what the plan keeps instead. */
export type Held<S, A, T> = { readonly _tag: "reversed"; readonly side: S } | Kept<A, T>

// ------------------------------------------------------------ instances

/**
 * The codec of a kept input. A tape adds no information to its input, so it is written as `kept`, and the backward
 * pass records it again.
 */
export const keptSide = <A, T>(input: Side<A>): Side<Kept<A, T>> => ({
  only: O.none,
  bits: (kept) => input.bits(kept.input),
  toBytes: (kept) => input.toBytes(kept.input),
  fromBytes: (bytes) =>
    F.pipe(
      input.fromBytes(bytes),
      TE.map((value) => ({ _tag: "kept" as const, input: value })),
    ),
  // A side that was read from bytes has no tape.
  release: (kept) => input.release(kept.input),
  contents: (kept) => [
    { _tag: "kept", value: kept.input },
    ...(kept._tag === "taped" ? [{ _tag: "tape" as const, value: kept.tape }] : []),
  ],
})

const tags = { reversed: 0, kept: 1 }

/** The codec for a block that follows a plan: one tag byte (0 reversed, 1 kept), then the side or the input. */
export const heldSide = <S, A, T>(side: Side<S>, input: Side<A>): Side<Held<S, A, T>> => {
  const kept = keptSide<A, T>(input)
  return {
    only: F.pipe(
      side.only,
      O.map((one) => ({ _tag: "reversed" as const, side: one })),
    ),
    bits: (held) => (held._tag === "reversed" ? side.bits(held.side) : kept.bits(held)),
    toBytes: (held) => async () => {
      const rest = await (held._tag === "reversed" ? side.toBytes(held.side)() : kept.toBytes(held)())
      const bytes = new Uint8Array(rest.length + 1)
      bytes[0] = held._tag === "reversed" ? tags.reversed : tags.kept
      bytes.set(rest, 1)
      return bytes
    },
    fromBytes: (bytes) => {
      const rest = bytes.subarray(1)
      if (bytes[0] === tags.reversed)
        return F.pipe(
          side.fromBytes(rest),
          TE.map((value) => ({ _tag: "reversed" as const, side: value })),
        )
      if (bytes[0] === tags.kept) return kept.fromBytes(rest)
      return async () =>
        E.left(
          new SideMismatch(`A block's side must begin with 0 (reversed) or 1 (kept), not ${bytes[0] ?? "its end"}.`),
        )
    },
    release: (held) => (held._tag === "reversed" ? side.release(held.side) : kept.release(held)),
    contents: (held) => (held._tag === "reversed" ? Side.contents(side, held.side) : Side.contents(kept, held)),
  }
}
