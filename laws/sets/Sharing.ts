/**
 * The laws of sharing: if several parts use one value, its gradients are summed.
 */
import fc from "fast-check"
import type { Bijection } from "../../src/core/Bijection.ts"
import { aboutBijection } from "../engine/about.ts"
import { look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import type { Subject } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** A bijection that shares a parameter or an input, and the same bijection with a separate one for each use. */
export interface SharingSubject<in out P, in out A, in out B, in out S, in out Q, in out C, in out T> extends Subject<
  P,
  A,
  B,
  S
> {
  readonly apart: Bijection<Q, C, B, T>
  /** Parameters and input of `apart`, with equal values for each use. */
  readonly split: {
    /** One tree per use. */
    readonly params: (params: P) => Q
    /** One input per use. */
    readonly input: (a: A) => C
  }
  /** Sums gradients and cotangents over the uses, in the order in which the shared ones are added. */
  readonly sum: {
    /** Sums the gradients of all uses into one tree. */
    readonly grads: (grads: Q) => P
    /** Sums the cotangents of all uses. */
    readonly cotangent: (cotangent: C | null) => A | null
  }
}

// ----------------------------------------------------------------- laws

/** Sharing does not change the output, and a gradient is the sum over the uses, bit for bit. */
export const sharingLaws = <P, A, B, S, Q, C, T>(subject: SharingSubject<P, A, B, S, Q, C, T>): LawSet => {
  const { bijection: f, apart: g, split, sum, inputs, name = "it" } = subject
  const law = aboutBijection(subject)
  const cases = fc.record({ a: inputs, seed: fc.maxSafeNat(), drawn: fc.maxSafeNat() })
  return {
    topic: "sharing",
    name: `${name} shares`,
    parents: [],
    laws: [
      law(
        "the gradient of a shared value is the sum over its uses",
        cases,
        ({ a }) => [a],
        async ({ ask, cotangent, env, leaves, params }, { a, drawn }) => {
          const [b, s] = await ask(a, f.forward(a))
          const output = await look(b)
          const shared = await ask(a, f.pullback(b, s, await cotangent(b, drawn)))
          const inside = { ...env(a), params: split.params(params) }
          const there = g.forward(split.input(a))(inside)
          if (there._tag === "Left") throw there.left
          const [c, t] = there.right
          const alone = await look(c)
          const back = g.pullback(c, t, await cotangent(c, drawn))(inside)
          await inside.watch.settle()
          if (back._tag === "Left") throw back.left
          return {
            lhs: [output, await look(shared.cotangent), await leaves(shared.grads)],
            rhs: [alone, await look(sum.cotangent(back.right.cotangent)), await leaves(sum.grads(back.right.grads))],
          }
        },
      ),
    ],
  }
}
