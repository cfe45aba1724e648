/**
 * Laws about one subject, each case in a session of its own, with the reasons for a failure.
 */
import type fc from "fast-check"
import { diagnose, diagnoseLayer } from "./Diagnosis.ts"
import { kindOf } from "./kindOf.ts"
import { law, type Law, type Sides } from "./Law.ts"
import { inSession, type Seeded, type Session } from "./Session.ts"
import type { LayerSubject, Subject } from "./Subject.ts"

// --------------------------------------------------------- constructors

/**
 * `aboutBijection(subject)(name, cases, inputsOf, equation, otherwise)` is a law about the bijection; `otherwise` is what
 * breaks it where none of the usual causes is found.
 */
export const aboutBijection =
  <P, A, B, S>(subject: Subject<P, A, B, S>) =>
  <C extends Seeded>(
    name: string,
    cases: fc.Arbitrary<C>,
    inputsOf: (c: C) => ReadonlyArray<A>,
    equation: (session: Session<P, A>, c: C) => Promise<Sides>,
    otherwise?: string,
  ): Law =>
    law(
      name,
      cases,
      (c) => inSession(subject, subject.bijection.params, c, inputsOf(c), (session) => equation(session, c)),
      async (c) => orElse(await diagnose(subject, c, inputsOf(c)), otherwise),
    )

/** `aboutLayer(subject)(name, cases, inputOf, equation, otherwise)` is a law about the layer. */
export const aboutLayer =
  <P, A, B>(subject: LayerSubject<P, A, B>) =>
  <C extends Seeded>(
    name: string,
    cases: fc.Arbitrary<C>,
    inputOf: (c: C) => A,
    equation: (session: Session<P, A>, c: C) => Promise<Sides>,
    otherwise?: string,
  ): Law =>
    law(
      name,
      cases,
      (c) => inSession(subject, subject.layer.params, c, inputOf(c), (session) => equation(session, c)),
      async (c) => orElse(await diagnoseLayer(subject, c, inputOf(c)), otherwise),
    )

const orElse = (reasons: ReadonlyArray<string>, otherwise: string | undefined): ReadonlyArray<string> =>
  reasons.length > 0 || otherwise === undefined ? reasons : [otherwise]

/** A law about values alone; what it makes on a device is freed with the case. */
export const aboutValues = <I>(
  name: string,
  inputs: fc.Arbitrary<I>,
  equation: (input: I) => Sides | Promise<Sides>,
): Law => law(name, inputs, async (input) => (await kindOf(input)).within(async () => equation(input)))
