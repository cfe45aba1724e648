/**
 * The laws of cost: how often a residual is evaluated.
 */
import type { Bijection } from "../../src/core/Bijection.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { Plan } from "../../src/core/Plan.ts"
import { aboutBijection } from "../engine/about.ts"
import type { LawSet } from "../engine/Law.ts"
import { casesOf, type Case } from "../engine/Trial.ts"
import type { Tried } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** A bijection that is derived from a layer, which its forward pass evaluates a known number of times. */
export interface EvaluationSubject<in out P, in out Q, in out A, in out B, in out S, in out X, in out Y> extends Tried<
  P,
  A
> {
  readonly layer: Layer<Q, X, Y>
  /** Derives the bijection from another layer in place of `layer`, which counts its evaluations. */
  readonly derive: (layer: Layer<Q, X, Y>) => Bijection<P, A, B, S>
  readonly evaluations: number
}

// ----------------------------------------------------------------- laws

/** Each block evaluates its residual once in every direction, and not at all in a backward pass from a tape. */
export const evaluationLaws = <P, Q, A, B, S, X, Y>(subject: EvaluationSubject<P, Q, A, B, S, X, Y>): LawSet => {
  const { name = "it", layer, derive, evaluations } = subject
  let count = 0
  const f = derive({
    params: layer.params,
    apply: (...given) => {
      count++
      return layer.apply(...given)
    },
    vjp: (...given) => {
      count++
      return layer.vjp(...given)
    },
  })
  const law = aboutBijection({ ...subject, bijection: f })
  const cases = casesOf(subject)
  const alone = ({ a }: Case<A>) => [a]
  const during = async <R>(body: () => Promise<R>): Promise<readonly [number, R]> => {
    count = 0
    const result = await body()
    return [count, result]
  }

  return {
    topic: "evaluation",
    name: `${name} evaluates no more than it must`,
    parents: [],
    laws: [
      law("forward and infer evaluate every residual once", cases, alone, async ({ ask }, { a }) => {
        const [there] = await during(() => ask(a, f.forward(a)))
        const [inferred] = await during(() => ask(a, f.infer(a)))
        return { lhs: [there, inferred], rhs: [evaluations, evaluations] }
      }),

      law("pullback evaluates a residual at most once", cases, alone, async ({ ask, cotangent }, { a }) => {
        const [b, s] = await ask(a, f.forward(a))
        const db = await cotangent(b, 0)
        const [back] = await during(() => ask(a, f.pullback(b, s, db)))
        return { lhs: back, rhs: evaluations }
      }),

      law("with a tape, pullback evaluates nothing again", cases, alone, async ({ ask, cotangent }, { a }) => {
        const [b, s] = await ask(a, f.forward(a), { plan: Plan.taped })
        const db = await cotangent(b, 0)
        const [back] = await during(() => ask(a, f.pullback(b, s, db), { plan: Plan.taped }))
        return { lhs: back, rhs: 0 }
      }),
    ],
  }
}
