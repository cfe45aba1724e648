/**
 * The laws of products: a part on one half of a pair does not change the other half.
 */
import fc from "fast-check"
import type { Bijection } from "../../src/core/Bijection.ts"
import { aboutBijection } from "../engine/about.ts"
import { look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { seenSide } from "../engine/Trial.ts"
import type { Subject } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** Puts a part on the first half of a pair; in the library this is `first`. */
export type Lift = <P, A, B, S, C>(f: Bijection<P, A, B, S>) => Bijection<P, readonly [A, C], readonly [B, C], S>

/** A part, and values to pass through next to it. */
export interface ProductSubject<in out P, in out A, in out B, in out S, in out C> extends Subject<P, A, B, S> {
  readonly lift: Lift
  readonly others: fc.Arbitrary<C>
}

// ----------------------------------------------------------------- laws

/** On the first half, the part gives the same result as alone; the second half passes through in every direction. */
export const productLaws = <P, A, B, S, C>(subject: ProductSubject<P, A, B, S, C>): LawSet => {
  const { bijection: f, inputs, others, name = "it" } = subject
  const lifted: Bijection<P, readonly [A, C], readonly [B, C], S> = subject.lift(f)
  const law = aboutBijection(subject)
  const cases = fc.record({ a: inputs, c: others, seed: fc.maxSafeNat(), drawn: fc.maxSafeNat() })
  const alone = ({ a }: { readonly a: A }) => [a]
  return {
    topic: "product",
    name: `${name} on one half of a pair`,
    parents: [],
    laws: [
      law(
        "a part on the first half gives the same result as alone",
        cases,
        alone,
        async ({ ask, cotangent }, { a, c, drawn }) => {
          const on = async <X, Y, T>(
            part: Bijection<P, X, Y, T>,
            input: X,
            half: { readonly of: (x: X) => A; readonly to: (y: Y) => B },
          ) => {
            const [y, s] = await ask(a, part.forward(input))
            const seen = [await look(half.to(y)), await seenSide(part, s)]
            const back = await look(half.of(await ask(a, part.inverse(y, s))))
            const inferred = await look(half.to(await ask(a, part.infer(input))))
            const db = await cotangent(y, drawn)
            const pulled = await ask(a, part.pullback(y, s, db))
            const grads = part.params.leaves(pulled.grads).map(([, leaf]) => leaf)
            const slope = pulled.cotangent === null ? null : await look(half.of(pulled.cotangent))
            return [...seen, back, inferred, await look(half.of(pulled.input)), slope, await look(grads)]
          }
          return {
            lhs: await on(lifted, [a, c] as const, { of: ([x]) => x, to: ([y]) => y }),
            rhs: await on(f, a, { of: (x) => x, to: (y) => y }),
          }
        },
      ),

      law(
        "the second half and its cotangent pass through",
        cases,
        alone,
        async ({ ask, cotangent }, { a, c, drawn }) => {
          const before = await look(c)
          const [y, s] = await ask(a, lifted.forward([a, c]))
          const there = await look(y[1])
          const [, back] = await ask(a, lifted.inverse(y, s))
          const [, inferred] = await ask(a, lifted.infer([a, c]))
          const db = await cotangent(y, drawn)
          const given = await look(db[1])
          const pulled = await ask(a, lifted.pullback(y, s, db))
          return {
            lhs: [
              there,
              await look(back),
              await look(inferred),
              await look(pulled.input[1]),
              pulled.cotangent === null ? given : await look(pulled.cotangent[1]),
            ],
            rhs: [before, before, before, before, given],
          }
        },
      ),
    ],
  }
}
