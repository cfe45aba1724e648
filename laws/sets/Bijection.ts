/**
 * The laws of bijections.
 *
 * Output and side are written to bytes and read before they are inverted, and every input is tested together with a
 * second one, so that no cache can fake an inverse.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import { invert } from "../../src/core/invert.ts"
import { aboutBijection } from "../engine/about.ts"
import { look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { casesOf, rereadSide, seenSide, type Case } from "../engine/Trial.ts"
import type { Subject } from "../engine/Subject.ts"

// ----------------------------------------------------------------- laws

/** The laws of any bijection, differentiable or not. */
export const bijectionLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, inputs, name = "it" } = subject
  const law = aboutBijection(subject)
  const cases = casesOf(subject)
  const pairs = fc.record({ pair: fc.tuple(inputs, inputs), seed: fc.maxSafeNat() })
  const alone = ({ a }: Case<A>) => [a]

  return {
    topic: "bijection",
    name: `${name} is a bijection`,
    parents: [],
    laws: [
      law(
        "inverse after forward gives back the same bits",
        pairs,
        ({ pair }) => pair,
        async ({ ask, reread }, { pair }) => {
          const images = [await ask(pair[0], f.forward(pair[0])), await ask(pair[1], f.forward(pair[1]))]
          const back: unknown[] = []
          for (const [i, [b, s]] of images.entries()) {
            const a = i === 0 ? pair[0] : pair[1]
            back.push(await look(await ask(a, f.inverse(await reread(b), await rereadSide(f.side, s)))))
          }
          return { lhs: back, rhs: await look(pair) }
        },
      ),

      law("forward after inverse gives back output and side", cases, alone, async ({ ask, reread }, { a }) => {
        const [b, s] = await ask(a, f.forward(a))
        const rebuilt = await ask(a, f.inverse(await reread(b), await rereadSide(f.side, s)))
        const [again, side] = await ask(a, f.forward(rebuilt))
        return {
          lhs: [await look(again), await seenSide(f, side)],
          rhs: [await look(b), await seenSide(f, s)],
        }
      }),

      law("forward, inverse and infer do not change their arguments", cases, alone, async ({ ask }, { a }) => {
        const before = await look(a)
        const [b, s] = await ask(a, f.forward(a))
        const output = [await look(b), await seenSide(f, s)]
        await ask(a, f.infer(a))
        await ask(a, f.inverse(b, s))
        return { lhs: [await look(a), await look(b), await seenSide(f, s)], rhs: [before, ...output] }
      }),

      law(
        "inference uses no key",
        fc.record({ a: inputs, seed: fc.maxSafeNat(), other: fc.maxSafeNat() }),
        alone,
        async ({ ask }, { a, other }) => ({
          lhs: await look(await ask(a, f.infer(a))),
          rhs: await look(await ask(a, f.infer(a), { seed: other, step: 1 })),
        }),
      ),

      law("a side has no more bits than its bytes", cases, alone, async ({ ask }, { a }) => {
        const [, s] = await ask(a, f.forward(a))
        const [bits, room] = [f.side.bits(s), 8 * (await seenSide(f, s)).length]
        return { lhs: Math.min(bits, room), rhs: bits }
      }),

      law("a side is the same after a round trip through its bytes", cases, alone, async ({ ask }, { a }) => {
        const [, s] = await ask(a, f.forward(a))
        return { lhs: await seenSide(f, await rereadSide(f.side, s)), rhs: await seenSide(f, s) }
      }),
    ],
  }
}

/** The laws of bijections without side information. */
export const isomorphismLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, name = "it" } = subject
  const law = aboutBijection(subject)
  const alone = ({ a }: Case<A>) => [a]
  const inverted = invert(f)
  return {
    topic: "isomorphism",
    name: `${name} is an isomorphism`,
    parents: [bijectionLaws(subject)],
    laws: [
      law("an isomorphism has no side information", casesOf(subject), alone, async ({ ask }, { a }) => {
        const [, s] = await ask(a, f.forward(a))
        const only = O.isSome(f.side.only) ? await seenSide(f, f.side.only.value) : "one value"
        return { lhs: [f.side.bits(s), await seenSide(f, s)], rhs: [0, only] }
      }),

      law("invert swaps forward and inverse", casesOf(subject), alone, async ({ ask, reread }, { a }) => {
        const [b, s] = await ask(a, f.forward(a))
        if (O.isNone(inverted)) return { lhs: "none", rhs: "its inverse" }
        const [back] = await ask(a, inverted.value.forward(await reread(b)))
        return {
          lhs: [await look(back), await look(await ask(a, inverted.value.inverse(back, null)))],
          rhs: [await look(await ask(a, f.inverse(b, s))), await look(b)],
        }
      }),
    ],
  }
}
