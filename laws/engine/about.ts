/**
 * Laws about one subject. Each case runs in its own trial, and a failure comes with its reasons.
 */
import type fc from "fast-check"
import { diagnose, diagnoseLayer } from "./Diagnosis.ts"
import type { Kind } from "./Kind.ts"
import { kindOf } from "./kindOf.ts"
import { law, type Law, type Sides } from "./Law.ts"
import type { Params } from "../../src/core/Params.ts"
import { inTrial, type Seeded, type Trial } from "./Trial.ts"
import type { LayerSubject, Subject, Tried } from "./Subject.ts"

// --------------------------------------------------------- constructors

/**
 * `about(tried, params, diagnose)(name, cases, inputsOf, equation, otherwise)` makes a law about a subject. `otherwise`
 * is the reason for a failure if none of the usual causes is found and nothing was thrown.
 */
const about =
  <P, A>(tried: Tried<P, A>, params: Params<P>, diagnoseIn: Diagnose<A>) =>
  <C extends Seeded>(
    name: string,
    cases: fc.Arbitrary<C>,
    inputsOf: (c: C) => ReadonlyArray<A>,
    equation: (trial: Trial<P, A>, c: C) => Promise<Sides>,
    otherwise?: string,
  ): Law =>
    law(
      name,
      cases,
      (c) => inTrial(tried, params, c, inputsOf(c), (trial) => equation(trial, c)),
      async (c, raised) => {
        const reasons = await diagnoseIn(c, inputsOf(c))
        return reasons.length > 0 || raised || otherwise === undefined ? reasons : [otherwise]
      },
    )

type Diagnose<A> = (seeded: Seeded, inputs: ReadonlyArray<A>) => Promise<ReadonlyArray<string>>

/** Makes laws about a bijection. */
export const aboutBijection = <P, A, B, S>(subject: Subject<P, A, B, S>) =>
  about(subject, subject.bijection.params, (seeded, inputs) => diagnose(subject, seeded, inputs))

/** Makes laws about a layer. */
export const aboutLayer = <P, A, B>(subject: LayerSubject<P, A, B>) =>
  about(subject, subject.layer.params, (seeded, inputs) => diagnoseLayer(subject, seeded, inputs))

/** Makes a law about values alone; what it makes on a device is freed with the case. */
export const aboutValues = <I>(
  name: string,
  inputs: fc.Arbitrary<I>,
  equation: (input: I, kind: Kind) => Sides | Promise<Sides>,
  given?: Kind,
): Law =>
  law(name, inputs, async (input) => {
    const kind = given ?? (await kindOf(input))
    return kind.within(async () => equation(input, kind))
  })
