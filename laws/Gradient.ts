/**
 * The laws of gradients: a plan changes memory and time, and not a single bit.
 */
import fc from "fast-check"
import { Plan } from "../src/core/Plan.ts"
import { plan as anyPlan } from "./arbitraries.ts"
import { bijectionLaws } from "./Bijection.ts"
import { law, type LawSet } from "./Law.ts"
import { ask, reread, scopeOf, seen, seenLeaves, type Subject } from "./Subject.ts"

// ---------------------------------------------------------------- model

/** A subject whose gradients are tried, with cotangents of its output. */
export interface GradientSubject<in out P, in out A, in out B, in out S> extends Subject<P, A, B, S> {
  readonly cotangents: fc.Arbitrary<B>
  /** The paths that a plan may name. */
  readonly paths: ReadonlyArray<string>
}

// ----------------------------------------------------------------- laws

/** Gradients under every plan have the bits of those under `Plan.taped`; the laws of bijections must hold as well. */
export const gradientLaws = <P, A, B, S>(subject: GradientSubject<P, A, B, S>): LawSet => {
  const { bijection: f, codec, inputs, cotangents, paths } = subject
  const scope = scopeOf(subject)

  /** All that the way there and back under a plan gives: output, input, cotangent and gradients. */
  const sweep = async (plan: Plan, a: A, db: B, throughBytes = false) => {
    const [b, s] = await ask(subject, f.forward(a), { plan })
    const output = await seen(codec.output, b)
    const left = throughBytes ? await reread(f.side, s) : s
    const { input, cotangent, grads } = await ask(subject, f.pullback(b, left, scope.own(db)), { plan })
    const all = {
      output,
      input: await seen(codec.input, input),
      cotangent: cotangent === null ? null : await seen(codec.input, cotangent),
      grads: await seenLeaves(subject, grads),
    }
    scope.release([input, cotangent, grads])
    return all
  }

  const under = (name: string, plans: fc.Arbitrary<Plan>, throughBytes: boolean) =>
    law(name, fc.tuple(inputs, cotangents, plans), async ([a, db, plan]) => {
      const sides = { lhs: await sweep(plan, a, db, throughBytes), rhs: await sweep(Plan.taped, a, db) }
      scope.release([a, db])
      return sides
    })

  return {
    name: `${subject.name} has gradients`,
    parents: [bijectionLaws(subject)],
    laws: [
      under("reversed gradients are the taped ones", fc.constant(Plan.reversed), false),
      under("gradients from a kept input are the taped ones", fc.constant<Plan>({ "": "keep" }), false),
      under("gradients under any plan are the taped ones", anyPlan(paths), false),
      under("gradients from a side read back from bytes are the taped ones", anyPlan(paths), true),
    ],
  }
}
