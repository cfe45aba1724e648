/**
 * The laws of ownership: arguments are borrowed or consumed as documented, and values that are not returned are freed.
 */
import fc from "fast-check"
import { aboutBijection } from "../engine/about.ts"
import { look, readablesIn } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { casesOf, type Case } from "../engine/Trial.ts"
import { plansOf } from "../engine/plansOf.ts"
import type { Subject } from "../engine/Subject.ts"

// ----------------------------------------------------------------- laws

/** Only results are retained. For kinds of value whose buffers can be counted, such as tensors. */
export const ownershipLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, name = "it" } = subject
  const law = aboutBijection(subject)
  return {
    topic: "ownership",
    name: `${name} owns what it makes`,
    parents: [],
    laws: [
      law(
        "forward retains what it returns, and nothing else",
        plannedOf(subject),
        alone,
        async ({ kind, ask, env }, { a, plan }) => {
          const before = kind.held?.() ?? 0
          const [b, s] = await ask(a, f.forward(a), { plan })
          const held = kind.held?.() ?? 0
          env(a).scope.release([b, s])
          return { lhs: held - before, rhs: held - (kind.held?.() ?? 0) }
        },
      ),

      law("forward, inverse and infer leak no buffer", casesOf(subject), alone, async ({ kind, ask, env }, { a }) => {
        const before = kind.held?.()
        const [b, s] = await ask(a, f.forward(a))
        const back = await ask(a, f.inverse(b, s))
        const inferred = await ask(a, f.infer(a))
        env(a).scope.release([b, s, back, inferred])
        return { lhs: kind.held?.(), rhs: before }
      }),

      law(
        "results of forward, inverse and infer can be freed without their arguments",
        casesOf(subject),
        alone,
        async (trial, { a }) => {
          const { ask, env } = trial
          const { release } = env(a).scope
          const before = await look(a)
          release(await ask(a, f.infer(a)))
          const [b, s] = await ask(a, f.forward(a))
          const output = await look(b)
          release(await ask(a, f.inverse(b, s)))
          const after = [await look(a), await look(b)]
          release([b, s])
          return { lhs: [...after, await look(a)], rhs: [before, output, before] }
        },
      ),
    ],
  }
}

/** A pullback frees its arguments. For kinds of value whose buffers can be counted. */
export const consumptionLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, name = "it" } = subject
  const law = aboutBijection(subject)
  return {
    name: `${name} consumes what it pulls back`,
    topic: "consumption",
    parents: [],
    laws: [
      law("pullback consumes output, side and cotangent", plannedOf(subject), alone, async (trial, { a, plan }) => {
        const { kind, ask, env, cotangent } = trial
        const before = kind.held?.()
        const [b, s] = await ask(a, f.forward(a), { plan })
        const pulled = await ask(a, f.pullback(b, s, await cotangent(b, 0)), { plan })
        env(a).scope.release(pulled)
        return { lhs: kind.held?.(), rhs: before }
      }),

      law(
        "pullback frees output, side and cotangent, unless it returns them",
        casesOf(subject),
        alone,
        async (trial, { a }) => {
          const [b, s] = await trial.ask(a, f.forward(a))
          const db = await trial.cotangent(b, 0)
          const pulled = await trial.ask(a, f.pullback(b, s, db))
          const returned = new Set(readablesIn([pulled.input, pulled.cotangent, pulled.grads]))
          const given = readablesIn([b, s, db]).filter((one) => !returned.has(one))
          return { lhs: given.map(({ isDisposed }) => isDisposed), rhs: given.map(() => true) }
        },
      ),
    ],
  }
}

const alone = <A>({ a }: Case<A>) => [a]

const plannedOf = <P, A, B, S>(subject: Subject<P, A, B, S>) =>
  fc.record({ a: subject.inputs, seed: fc.maxSafeNat(), plan: plansOf(subject) })
