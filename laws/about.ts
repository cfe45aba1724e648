/**
 * Laws about one subject, each case in a session of its own, with the reasons for a failure.
 */
import type fc from "fast-check"
import { diagnose, diagnoseLayer } from "./Diagnosis.ts"
import { law, type Law, type Sides } from "./Law.ts"
import { inSession, type Seeded, type Session } from "./Session.ts"
import type { LayerSubject, Subject } from "./Subject.ts"

// --------------------------------------------------------- constructors

/** `aboutBijection(subject)(name, cases, inputsOf, equation)` is a law about the bijection. */
export const aboutBijection =
  <P, A, B, S>(subject: Subject<P, A, B, S>) =>
  <C extends Seeded>(
    name: string,
    cases: fc.Arbitrary<C>,
    inputsOf: (c: C) => ReadonlyArray<A>,
    equation: (session: Session<P, A>, c: C) => Promise<Sides>,
  ): Law =>
    law(
      name,
      cases,
      (c) => inSession(subject, subject.bijection.params, c, inputsOf(c), (session) => equation(session, c)),
      (c) => diagnose(subject, c, inputsOf(c)),
    )

/** `aboutLayer(subject)(name, cases, inputOf, equation)` is a law about the layer. */
export const aboutLayer =
  <P, A, B>(subject: LayerSubject<P, A, B>) =>
  <C extends Seeded>(
    name: string,
    cases: fc.Arbitrary<C>,
    inputOf: (c: C) => A,
    equation: (session: Session<P, A>, c: C) => Promise<Sides>,
  ): Law =>
    law(
      name,
      cases,
      (c) => inSession(subject, subject.layer.params, c, inputOf(c), (session) => equation(session, c)),
      (c) => diagnoseLayer(subject, c, inputOf(c)),
    )
