/**
 * The laws of samples: the result of a sample does not depend on the other samples or on its position in the batch.
 *
 * So a batch may be shuffled, split among workers, and combined with other samples at inference.
 */
import fc from "fast-check"
import { aboutBijection, aboutLayer } from "../engine/about.ts"
import { option as O } from "fp-ts"
import { Key } from "../../src/core/Key.ts"
import { look, pick, reorder } from "../engine/evidence.ts"
import type { LawSet, Sides } from "../engine/Law.ts"
import type { Trial } from "../engine/Trial.ts"
import type { LayerSubject, Subject, Tried } from "../engine/Subject.ts"

// ----------------------------------------------------------------- laws

/**
 * A sample's result depends neither on the other samples nor on its position. For bijections whose input and output
 * have at least two samples on their leading axes.
 */
export const batchLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const law = aboutBijection(subject)
  const f = subject.bijection
  const result = async ({ ask }: Trial<P, A>, a: A, samples: ReadonlyArray<number>) => {
    const [b] = await ask(a, f.forward(a), { samples })
    return look(b)
  }
  return {
    topic: "batch",
    name: `${subject.name ?? "it"} keeps samples apart`,
    parents: [],
    laws: [
      law(
        places,
        pairsOf(subject),
        ({ pair }) => [pair[0]],
        (trial, { pair }) => moved(trial, pair[0], result),
        byPlace,
      ),
      law(
        neighbors,
        pairsOf(subject),
        ({ pair }) => [pair[0]],
        (trial, one) => mixed(trial, one, result),
        byNeighbors,
      ),
    ],
  }
}

/**
 * A sample's evaluation depends neither on the other samples nor on its position. For layers whose input and output
 * have at least two samples on their leading axes.
 */
export const layerBatchLaws = <P, A, B>(subject: LayerSubject<P, A, B>): LawSet => {
  const law = aboutLayer(subject)
  const result =
    (seed: number) =>
    ({ params }: Trial<P, A>, a: A, samples: ReadonlyArray<number>) =>
      look(subject.layer.apply(params, a, O.some({ key: Key.fromSeed(seed), samples })))
  return {
    topic: "layerBatch",
    name: `${subject.name ?? "it"} evaluates samples apart`,
    parents: [],
    laws: [
      law(
        layerPlaces,
        pairsOf(subject),
        ({ pair }) => [pair[0]],
        (trial, { pair, seed }) => moved(trial, pair[0], result(seed)),
        byPlace,
      ),
      law(
        layerNeighbors,
        pairsOf(subject),
        ({ pair }) => [pair[0]],
        (trial, one) => mixed(trial, one, result(one.seed)),
        byNeighbors,
      ),
    ],
  }
}

const places = "a sample has the same result at every position in the batch"
const neighbors = "a sample has the same result whatever the other samples are"
const layerPlaces = "an evaluation gives a sample the same result at every position in the batch"
const layerNeighbors = "an evaluation gives a sample the same result whatever the other samples are"

const byPlace =
  "The result depends on the position in the batch: address every draw by the sample's id (draw.samples), not by its position, and do not sum over the batch."
const byNeighbors =
  "The result depends on the rest of the batch: compute statistics over one sample (LayerNorm, GroupNorm), not over the batch."

type Result<P, A> = (trial: Trial<P, A>, a: A, samples: ReadonlyArray<number>) => Promise<unknown>

const pairsOf = <P, A>({ inputs }: Tried<P, A>) => fc.record({ pair: fc.tuple(inputs, inputs), seed: fc.maxSafeNat() })

/** The batch in reverse order, each sample with its id. */
const moved = async <P, A>(trial: Trial<P, A>, a: A, result: Result<P, A>): Promise<Sides> => {
  const samples = trial.samples(a)
  const order = samples.map((_, i) => samples.length - 1 - i)
  const turned = trial.kind.make(reorder(await look(a), order)) as A // the same samples in another order
  return {
    lhs: await result(
      trial,
      turned,
      order.map((i) => samples[i] ?? 0),
    ),
    rhs: reorder(await result(trial, a, samples), order),
  }
}

/** Keeps one sample and replaces the others by samples of another input. */
const mixed = async <P, A>(
  trial: Trial<P, A>,
  { pair: [a, other], seed }: { readonly pair: readonly [A, A]; readonly seed: number },
  result: Result<P, A>,
): Promise<Sides> => {
  const samples = trial.samples(a)
  fc.pre(trial.samples(other).length === samples.length)
  const order = samples.map((_, i) => i)
  const from = order.map((i) => (i === seed % order.length ? 0 : 1))
  const mix = trial.kind.make(pick(order, [await look(a), await look(other)], from)) as A // of the same structure
  const [one, two] = [await result(trial, mix, samples), await result(trial, a, samples)]
  return {
    lhs: pick(
      order,
      [two, one],
      from.map((source) => 1 - source),
    ),
    rhs: two,
  }
}
