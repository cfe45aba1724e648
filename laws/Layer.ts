/**
 * The laws of layers.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import type { Draw } from "../src/core/Draw.ts"
import { Key } from "../src/core/Key.ts"
import type { Layer } from "../src/core/Layer.ts"
import type { Side } from "../src/core/Side.ts"
import { moderate } from "./arbitraries.ts"
import { law, type LawSet } from "./Law.ts"
import { seen } from "./Subject.ts"

// ---------------------------------------------------------------- model

/** A layer with inputs, codecs to compare its values by, and the global sample ids of every batch. */
export interface LayerSubject<in out P, in out A, in out B> {
  readonly name: string
  readonly layer: Layer<P, A, B>
  readonly inputs: fc.Arbitrary<A>
  readonly codec: { readonly input: Side<A>; readonly output: Side<B> }
  readonly samples: ReadonlyArray<number>
}

// ----------------------------------------------------------------- laws

/** A fourth of the draws is none: the expectation. */
const draws = (samples: ReadonlyArray<number>): fc.Arbitrary<O.Option<Draw>> =>
  fc
    .option(fc.maxSafeNat(), { freq: 3 })
    .map((seed) => (seed === null ? O.none : O.some({ key: Key.fromSeed(seed), samples })))

/** Evaluations replay bit for bit, recorded or not and whatever ran in between, and leave the input as it was. */
export const layerLaws = <P, A, B>({ name, layer, inputs, codec, samples }: LayerSubject<P, A, B>): LawSet => {
  const cases = fc.tuple(fc.maxSafeNat(), inputs, draws(samples)).map(([seed, a, draw]) => ({
    params: layer.params.init(Key.fromSeed(seed)),
    a,
    draw,
  }))
  const look = (b: B) => seen(codec.output, b)
  const apply = ({ params, a, draw }: { params: P; a: A; draw: O.Option<Draw> }) => layer.apply(params, a, draw)

  return {
    name: `${name} is a layer`,
    parents: [],
    laws: [
      law("two evaluations have the same bits", cases, async (one) => ({
        lhs: await look(apply(one)),
        rhs: await look(apply(one)),
      })),

      law(
        "an evaluation has the same bits whatever was evaluated in between",
        fc.tuple(cases, cases),
        async ([one, other]) => {
          const before = await look(apply(one))
          await look(apply(other))
          return { lhs: await look(apply(one)), rhs: before }
        },
      ),

      law("a recorded value has the bits of a plain one", cases, async (one) => ({
        lhs: await look(layer.vjp(one.params, one.a, one.draw).value),
        rhs: await look(apply(one)),
      })),

      law("an evaluation leaves its input as it was", cases, async (one) => {
        const before = await seen(codec.input, one.a)
        apply(one)
        return { lhs: await seen(codec.input, one.a), rhs: before }
      }),
    ],
  }
}

/** The distance that the law of derivatives allows, relative to the numeric derivative or to 1 where that is smaller. */
export const derivativeDistance = 1e-6

/** The laws of a layer on numbers, whose derivative can be had by central differences in float64. */
export const numericLayerLaws = <P>(subject: LayerSubject<P, number, number>): LawSet => {
  const { layer, samples } = subject
  const cases = fc.tuple(fc.maxSafeNat(), moderate, moderate, draws(samples))
  return {
    name: `${subject.name} is a layer on numbers`,
    parents: [layerLaws(subject)],
    laws: [
      law(
        `pull is the derivative, within ${derivativeDistance} of central differences`,
        cases,
        ([seed, x, dy, draw]) => {
          const params = layer.params.init(Key.fromSeed(seed))
          const { cotangent, grads } = layer.vjp(params, x, draw).pull(dy)
          const leaves = layer.params.leaves(params).map(([path, leaf]) => [path, Number(leaf)] as const)
          const moved = (name: string, by: number): P => {
            const find = (path: string) => {
              const found = leaves.find(([at]) => at === path)
              return found === undefined ? O.none : O.some(found[1] + (path === name ? by : 0))
            }
            const tree = layer.params.rebuild(find)
            if (tree._tag === "Left") throw tree.left
            return tree.right
          }
          const slope = (f: (by: number) => number) => (dy * (f(1e-5) - f(-1e-5))) / 2e-5
          const pulled: [string, number, number][] = [
            ["input", Number(cotangent), slope((by) => layer.apply(params, x + by, draw))],
            ...layer.params
              .leaves(grads)
              .map(([path, grad]): [string, number, number] => [
                path,
                Number(grad),
                slope((by) => layer.apply(moved(path, by), x, draw)),
              ]),
          ]
          const far = pulled.filter(
            ([, exact, numeric]) => !(Math.abs(exact - numeric) <= derivativeDistance * Math.max(1, Math.abs(numeric))),
          )
          return { lhs: far, rhs: [] }
        },
      ),
    ],
  }
}
