/**
 * The laws of gradients and plans: a plan changes memory and time, but not a single bit.
 */
import fc from "fast-check"
import { Plan } from "../../src/core/Plan.ts"
import type { Watch } from "../../src/core/Watch.ts"
import { aboutBijection } from "../engine/about.ts"
import { bijectionLaws } from "./Bijection.ts"
import { look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { plansOf } from "../engine/plansOf.ts"
import { casesOf, rereadSide, type Case, type Trial } from "../engine/Trial.ts"
import type { Subject } from "../engine/Subject.ts"

// ----------------------------------------------------------------- laws

/** Gradients under every plan have the same bits as under `Plan.taped`. */
export const gradientLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, inputs, name = "it" } = subject
  const law = aboutBijection(subject)
  const alone = ({ a }: Case<A>) => [a]

  /** The results of the forward and backward pass under a plan: output, input, cotangent and gradients. */
  const sweep = async (trial: Trial<P, A>, plan: Plan, a: A, drawn: number, throughBytes = false) => {
    const { ask, cotangent, leaves } = trial
    const [b, s] = await ask(a, f.forward(a), { plan })
    const output = await look(b)
    const left = throughBytes ? await rereadSide(f.side, s) : s
    const pulled = await ask(a, f.pullback(b, left, await cotangent(b, drawn)), { plan })
    return {
      output,
      input: await look(pulled.input),
      cotangent: await look(pulled.cotangent),
      grads: await leaves(pulled.grads),
    }
  }

  const under = (title: string, plans: fc.Arbitrary<Plan>, throughBytes: boolean) =>
    law(
      title,
      fc.record({ a: inputs, seed: fc.maxSafeNat(), drawn: fc.maxSafeNat(), plan: plans }),
      alone,
      async (trial, { a, drawn, plan }) => ({
        lhs: await sweep(trial, plan, a, drawn, throughBytes),
        rhs: await sweep(trial, Plan.taped, a, drawn),
      }),
    )

  return {
    topic: "gradient",
    name: `${name} has gradients`,
    parents: [bijectionLaws(subject)],
    laws: [
      law("pullback rebuilds the same input as inverse", casesOf(subject), alone, async (trial, { a }) => {
        const { ask, cotangent, reread } = trial
        const [b, s] = await ask(a, f.forward(a))
        const inverted = await look(await ask(a, f.inverse(b, s)))
        const given = [await reread(b), await rereadSide(f.side, s)] as const
        const pulled = await ask(a, f.pullback(...given, await cotangent(b, 0)))
        return { lhs: await look(pulled.input), rhs: inverted }
      }),

      under("reversed gradients are the taped ones", fc.constant(Plan.reversed), false),
      under("gradients from a kept input are the taped ones", fc.constant<Plan>({ "": "keep" }), false),
      under("gradients under any plan are the taped ones", plansOf(subject), false),
      under("gradients from a side read back from bytes are the taped ones", plansOf(subject), true),
    ],
  }
}

/** No plan changes a path, a name, a draw, an output, or the result of the inverse. */
export const planLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, inputs, name = "it" } = subject
  const law = aboutBijection(subject)
  const planned = fc.record({ a: inputs, seed: fc.maxSafeNat(), plan: plansOf(subject) })
  const alone = ({ a }: { readonly a: A }) => [a]

  return {
    topic: "plan",
    name: `${name} follows plans`,
    parents: [],
    laws: [
      law("no plan changes the output or the paths of its activations", planned, alone, async (trial, { a, plan }) => {
        const under = async (chosen: Plan) => {
          const paths: string[] = []
          const program = f.forward(a)
          const [b] = await trial.ask(a, (given) => program({ ...given, watch: noting(given.watch, paths) }), {
            plan: chosen,
          })
          return { output: await look(b), paths }
        }
        return { lhs: await under(plan), rhs: await under(Plan.reversed) }
      }),

      law("no plan changes the result of inverse", planned, alone, async ({ ask }, { a, plan }) => {
        const [b, s] = await ask(a, f.forward(a), { plan })
        return { lhs: await look(await ask(a, f.inverse(b, s), { plan })), rhs: await look(a) }
      }),

      law("no plan changes the names of gradients", planned, alone, async ({ ask, cotangent }, { a, plan }) => {
        const names = async (chosen: Plan) => {
          const [b, s] = await ask(a, f.forward(a), { plan: chosen })
          const { grads } = await ask(a, f.pullback(b, s, await cotangent(b, 0)), { plan: chosen })
          return f.params.leaves(grads).map(([path]) => path)
        }
        return { lhs: await names(plan), rhs: await names(Plan.reversed) }
      }),
    ],
  }
}

const noting = (watch: Watch, paths: string[]): Watch => ({
  ...watch,
  expect: (claim) => {
    if (claim._tag === "InRange") paths.push(claim.place.path.join("/"))
    watch.expect(claim)
  },
})
