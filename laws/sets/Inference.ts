/**
 * The laws of inference: the expectation, on the grid.
 */
import { aboutBijection } from "../engine/about.ts"
import { look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"
import { casesOf } from "../engine/Trial.ts"
import type { Subject } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** A bijection and the plain network that it equals at inference. */
export interface InferenceSubject<in out P, in out A, in out B, in out S> extends Subject<P, A, B, S> {
  /** The same function written without reversibility, such as x_{k+1} = Q(x_k + h_k(x_k)) for BDIA. */
  readonly plain: (params: P, a: A) => B
}

// ----------------------------------------------------------------- laws

/** `infer` equals the plain network, bit for bit. */
export const inferenceLaws = <P, A, B, S>(subject: InferenceSubject<P, A, B, S>): LawSet => ({
  topic: "inference",
  name: `${subject.name ?? "it"} infers`,
  parents: [],
  laws: [
    aboutBijection(subject)(
      "infer is the plain network on the grid",
      casesOf(subject),
      ({ a }) => [a],
      async ({ ask, params }, { a }) => ({
        lhs: await look(await ask(a, subject.bijection.infer(a))),
        rhs: await look(subject.plain(params, a)),
      }),
      "Inference is the expectation, gamma = 0 and no dropout: look for a draw, or for another order of rounding.",
    ),
  ],
})
