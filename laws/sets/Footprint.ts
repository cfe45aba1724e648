/**
 * The laws of memory: the size of the side is known from the shape of the input, before anything runs.
 */
import { aboutBijection } from "../engine/about.ts"
import { look, mapFloats } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { casesOf } from "../engine/Trial.ts"
import type { Subject } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** A bijection with a formula for the bits of its side. */
export interface FootprintSubject<in out P, in out A, in out B, in out S> extends Subject<P, A, B, S> {
  /** The bits of the side for an input of this shape; all floats of the input are 0. */
  readonly bits: (shape: A) => number
}

// ----------------------------------------------------------------- laws

/** A side has as many bits as the formula says, for all values. */
export const footprintLaws = <P, A, B, S>(subject: FootprintSubject<P, A, B, S>): LawSet => ({
  name: `${subject.name ?? "it"} leaves what it says`,
  topic: "footprint",
  parents: [],
  laws: [
    aboutBijection(subject)(
      "a side has the bits that its formula predicts from the input's shape",
      casesOf(subject),
      ({ a }) => [a],
      async ({ kind, ask }, { a }) => {
        const [, s] = await ask(a, subject.bijection.forward(a))
        const shape = kind.make(mapFloats(await look(a), () => 0)) as A // the same structure
        return { lhs: subject.bijection.side.bits(s), rhs: subject.bits(shape) }
      },
    ),
  ],
})
