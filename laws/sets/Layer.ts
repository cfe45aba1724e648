/**
 * The laws of layers.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import type { Draw } from "../../src/core/Draw.ts"
import { Key } from "../../src/core/Key.ts"
import { aboutLayer } from "../engine/about.ts"
import { alike, floatsLike, floatsOf, look, mapFloats, oneObject } from "../engine/evidence.ts"
import type { Law, LawSet, Sides } from "../engine/Law.ts"
import type { Trial } from "../engine/Trial.ts"
import type { LayerSubject, Tried } from "../engine/Subject.ts"
import { orThrow } from "../../src/core/orThrow.ts"

// ---------------------------------------------------------------- model

interface Drawn<A> {
  readonly a: A
  readonly seed: number
  /** A quarter of the cases test the expectation. */
  readonly random: boolean
}

// ----------------------------------------------------------------- laws

/** Evaluations replay bit for bit, recorded or not and no matter what ran in between, and do not change the input. */
export const layerLaws = <P, A, B>(subject: LayerSubject<P, A, B>): LawSet => {
  const { layer, inputs, name = "it" } = subject
  const law = aboutLayer(subject)
  const cases = casesOf(subject)
  const alone = ({ a }: Drawn<A>) => [a]
  const apply = (trial: Trial<P, A>, one: Drawn<A>) => look(layer.apply(trial.params, one.a, drawOf(trial, one)))

  return {
    topic: "layer",
    name: `${name} is a layer`,
    parents: [],
    laws: [
      law("two evaluations have the same bits", cases, alone, async (trial, one) => ({
        lhs: await apply(trial, one),
        rhs: await apply(trial, one),
      })),

      law(
        "an evaluation has the same bits whatever was evaluated in between",
        fc.record({ one: cases, other: inputs, seed: fc.maxSafeNat() }),
        ({ one }) => [one.a],
        async (trial, { one, other, seed }) => {
          const before = await apply(trial, one)
          await apply(trial, { a: other, seed, random: true })
          return { lhs: await apply(trial, one), rhs: before }
        },
      ),

      law("a recorded value has the bits of a plain one", cases, alone, async (trial, one) => ({
        lhs: await look(layer.vjp(trial.params, one.a, drawOf(trial, one)).value),
        rhs: await apply(trial, one),
      })),

      law("an evaluation does not change its input", cases, alone, async (trial, one) => {
        const before = await look(one.a)
        await apply(trial, one)
        layer.vjp(trial.params, one.a, drawOf(trial, one))
        return { lhs: await look(one.a), rhs: before }
      }),

      law("two backward passes have the same bits", cases, alone, async (trial, one) => {
        const back = async () => {
          const { value, pull } = layer.vjp(trial.params, one.a, drawOf(trial, one))
          const { cotangent, grads } = pull(await trial.cotangent(value, one.seed))
          return [await look(cotangent), await trial.leaves(grads)]
        }
        return { lhs: await back(), rhs: await back() }
      }),

      law("a value that occurs twice has a gradient for each occurrence", cases, alone, async (trial, one) => {
        const { kind, params } = trial
        const input = alike(await look(one.a))
        const paths = layer.params.leaves(params).map(([path]) => path)
        const weights: unknown[] = []
        for (const [, leaf] of layer.params.leaves(params)) weights.push(await look(leaf))
        const values = alike(weights)
        const back = async (objects: (values: unknown) => unknown) => {
          const made = objects(kind.make(values)) as ReadonlyArray<unknown> // an array, as it was
          const rebuilt = orThrow(layer.params.rebuild((path) => O.fromNullable(made[paths.indexOf(path)])))
          const a = objects(kind.make(input)) as A // of the input's structure
          const { value, pull } = layer.vjp(rebuilt, a, drawOf(trial, one))
          const { cotangent, grads } = pull(await trial.cotangent(value, one.seed))
          return [await look(cotangent), await trial.leaves(grads)]
        }
        return { lhs: await back(oneObject), rhs: await back((made) => made) }
      }),
    ],
  }
}

/**
 * The distances that the law of derivatives allows, relative to the size of the derivative's terms, for layers in
 * float64 and in float32.
 */
const derivativeDistance = { float64: 1e-6, float32: 2e-2 }

/**
 * Its step sizes: if one is too coarse for a sharp bend, too fine for the precision, or crosses a kink, another fits.
 */
const steps = { float64: [1e-5], float32: [2 ** -7, 2 ** -9, 2 ** -5, 2 ** -11, 2 ** -13, 2 ** -15] }

/**
 * A gradient is the slope along a random direction, by central differences, for all layers except those on integers.
 * The distance is 0.000001 for float64 values and 0.02 for float32 values.
 */
export const derivativeLaws = <P, A, B>(
  subject: LayerSubject<P, A, B>,
  precision: keyof typeof derivativeDistance,
): LawSet => ({
  topic: "derivative",
  name: `${subject.name ?? "it"} has derivatives`,
  parents: [layerLaws(subject)],
  laws: [derivativeLaw(subject, precision)],
})

/**
 * Along a random direction of input and parameters, <cotangent, direction> is the slope of <value, dy>, summed in
 * float64.
 */
const derivativeLaw = <P, A, B>(subject: LayerSubject<P, A, B>, precision: keyof typeof derivativeDistance): Law => {
  const { layer } = subject
  const distance = derivativeDistance[precision]
  return aboutLayer(subject)(
    `pull is the derivative, within ${distance} of central differences`,
    casesOf(subject),
    ({ a }) => [a],
    async (trial, one) => {
      const { kind, params } = trial
      const draw = drawOf(trial, one)
      const [input, leaves] = [await look(one.a), layer.params.leaves(params)]
      const values: unknown[] = []
      for (const [, leaf] of leaves) values.push(await look(leaf))
      const place = [input, values]
      const whole = floatsOf(floatsLike(place, one.seed))
      const { value, pull } = layer.vjp(params, one.a, draw)
      const dy = floatsLike(await look(value), one.seed)
      const { cotangent, grads } = pull(kind.make(dy) as B) // of the value's structure
      const slopes = [cotangent === null ? mapFloats(input, () => 0) : await look(cotangent)]
      for (const [, grad] of layer.params.leaves(grads)) slopes.push(await look(grad))

      /** Computes <value, dy> with input and parameters moved along a direction. */
      const at = async (direction: ReadonlyArray<number>, by: number): Promise<number> => {
        // The result has the structure of `place`.
        const [a, moved] = mapFloats(place, (x, i) => x + by * (direction[i] ?? 0)) as [unknown, unknown[]]
        const rebuilt = orThrow(
          layer.params.rebuild((path) => {
            const i = leaves.findIndex(([name]) => name === path)
            return i < 0 ? O.none : O.some(kind.make(moved[i]))
          }),
        )
        const there = floatsOf(await look(layer.apply(rebuilt, kind.make(a) as A, draw))) // of the input's structure
        return sum(floatsOf(dy).map((d, i) => d * (there[i] ?? 0)))
      }

      /** Computes both sides along a direction; null if they agree for some step size. */
      const compare = async (direction: ReadonlyArray<number>): Promise<Sides | null> => {
        const terms = floatsOf(slopes).map((slope, i) => slope * (direction[i] ?? 0))
        const pulled = sum(terms)
        const size = Math.max(1, Math.sqrt(sum(terms.map((term) => term * term))))
        const found: number[] = []
        for (const step of steps[precision]) {
          const slope = ((await at(direction, step)) - (await at(direction, -step))) / (2 * step)
          if (Math.abs(pulled - slope) <= distance * Math.max(size, Math.abs(slope))) return null
          found.push(slope)
        }
        return { lhs: pulled, rhs: found }
      }

      const along = await compare(whole)
      if (along === null) return { lhs: [], rhs: [] }
      let from = 0
      for (const [i, part] of [input, ...values].entries()) {
        const [start, end] = [from, from + floatsOf(part).length]
        from = end
        const alone = await compare(whole.map((d, place) => (place >= start && place < end ? d : 0)))
        const name = i === 0 ? "cotangent" : `gradient of ${leaves[i - 1]?.[0]}`
        if (alone !== null) return { lhs: { [name]: alone.lhs }, rhs: { [name]: alone.rhs } }
      }
      return along
    },
    "The named gradient (lhs) is not the slope of the value (rhs, for several step sizes): look for a wrong factor or a missing term in vjp, or for a value that is not smooth.",
  )
}

const casesOf = <P, A>({ inputs }: Tried<P, A>): fc.Arbitrary<Drawn<A>> =>
  fc.record({
    a: inputs,
    seed: fc.maxSafeNat(),
    random: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })

const drawOf = <P, A>({ samples }: Trial<P, A>, { a, seed, random }: Drawn<A>): O.Option<Draw> =>
  random ? O.some({ key: Key.fromSeed(seed), samples: samples(a) }) : O.none

const sum = (terms: ReadonlyArray<number>): number => terms.reduce((total, term) => total + term, 0)
