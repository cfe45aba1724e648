/**
 * The combinators in the catalogue.
 */
import { function as F, option as O } from "fp-ts"
import fc from "fast-check"
import { Bdia } from "../../src/block/Bdia.ts"
import type { Two } from "../../src/block/State.ts"
import { andThen } from "../../src/core/andThen.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { chain, repeat } from "../../src/core/chain.ts"
import { first } from "../../src/core/first.ts"
import { identity } from "../../src/core/identity.ts"
import { invert } from "../../src/core/invert.ts"
import { both } from "../../src/core/both.ts"
import { dimap } from "../../src/core/dimap.ts"
import { keep } from "../../src/core/keep.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { named, namedLayer } from "../../src/core/named.ts"
import { rearrange, swap } from "../../src/core/rearrange.ts"
import { second } from "../../src/core/second.ts"
import { serial } from "../../src/core/serial.ts"
import { tied } from "../../src/core/tied.ts"
import { onGrid } from "../../src/residual/onGrid.ts"
import { categoryLaws, leftToRight } from "../sets/Category.ts"
import { layerLaws } from "../sets/Layer.ts"
import { lawsOf } from "../engine/lawsOf.ts"
import { liftingLaws, liftings } from "../sets/Lifting.ts"
import { type Material } from "../engine/Material.ts"
import { productLaws } from "../sets/Product.ts"
import { sharingLaws } from "../sets/Sharing.ts"
import { bijectionEntry } from "./bijectionEntry.ts"
import type { Entry } from "./Entry.ts"

/** Every combinator, on one kind of value. */
export const combinators = <X, Bit>(material: Material<X, Bit>, onDevice: boolean): ReadonlyArray<Entry> => {
  const { space, inputs, merge, fork, samples, example } = material
  const { layer } = example
  const cost = onDevice ? "device" : "host"
  const common = { inputs, ...(samples === undefined ? {} : { samples }) }
  const pairs: fc.Arbitrary<Two<X>> = fc.tuple(inputs, inputs)
  const rounded = onGrid(space)(layer)
  const part = keep(space.value)(rounded)
  const [f, g, h] = [named("f")(part), named("g")(part), named("h")(part)] as const
  const two = F.pipe(f, andThen(g))
  // Uses of a shared parameter have one path, separate ones have two: they are the same function only without draws.
  const drawless = keep(space.value)(onGrid(space)(expectation(layer)))
  const once = named("w")(drawless)
  const twice = F.pipe(once, tied("w")(once))
  const context = { add: space.plus }
  const reading: Layer<object, Two<X>, X> = F.pipe(merge, serial<object, X, X>(layer))
  const inContext = Bdia.fromContextResidual({ space, context, layer: reading }, 2)
  const own = F.pipe(named("fork")(keep(space.value)(fork)), andThen(named("blocks")(inContext)))
  const bijection = bijectionEntry(material, onDevice)
  const inverted = invert(identity<X>())

  return [
    bijection("identity", ["identity"], { ...common, bijection: identity<X>() }),
    ...(O.isSome(inverted)
      ? [bijection("the inverse of identity", ["invert"], { ...common, bijection: inverted.value })]
      : []),
    bijection("a kept layer", ["keep", "onGrid"], { ...common, bijection: part }),
    bijection(
      "two parts",
      ["andThen", "named"],
      { ...common, bijection: two },
      categoryLaws({
        name: `andThen on ${material.name}`,
        compose: leftToRight,
        unit: identity<X>(),
        parts: [f, g, h],
        on: {
          ...common,
          params: (key) => ({ ...f.params.init(key), ...g.params.init(key), ...h.params.init(key) }),
        },
      }),
    ),
    bijection("three equal parts", ["repeat"], { ...common, bijection: repeat(3)(part) }),
    bijection("a first part and two equal ones", ["chain"], { ...common, bijection: chain(part, part, 3) }),
    bijection(
      "one half of a pair",
      ["first"],
      { ...common, inputs: pairs, bijection: first<X>()(part) },
      productLaws({
        ...common,
        name: `first on ${material.name}`,
        bijection: part,
        lift: <P, A, B, S, C>(f: Bijection<P, A, B, S>) => first<C>()(f),
        others: inputs,
      }),
    ),
    bijection(
      "two halves of a pair",
      ["second", "both"],
      { ...common, inputs: pairs, bijection: F.pipe(f, both(g)) },
      liftingLaws({
        name: `second, both and dimap on ${material.name}`,
        liftings,
        parts: [f, g],
        on: { ...common, inputs: pairs },
      }),
    ),
    bijection("one half of a pair, exchanged", ["dimap", "swap"], {
      ...common,
      inputs: pairs,
      bijection: dimap(swap<X, X>(), swap<X, X>())(second<X>()(part)),
    }),
    bijection("a pair in other brackets", ["rearrange"], {
      ...common,
      inputs: fc.tuple(inputs, pairs),
      bijection: rearrange<readonly [X, Two<X>], readonly [Two<X>, X]>(
        ([a, [b, c]]) => [[a, b], c],
        ([[a, b], c]) => [a, [b, c]],
      ),
    }),
    bijection(
      "two parts with shared parameters",
      ["tied"],
      { ...common, bijection: twice },
      sharingLaws({
        ...common,
        name: `tied on ${material.name}`,
        bijection: twice,
        apart: F.pipe(named("f")(drawless), andThen(named("g")(drawless))),
        split: { params: ({ w }) => ({ f: w, g: w }), input: (a) => a },
        sum: { grads: ({ f, g }) => ({ w: part.params.add(f, g) }), cotangent: (da) => da },
      }),
    ),
    bijection(
      "blocks that read a context",
      ["Bdia.fromContextResidual"],
      { ...common, inputs: pairs, bijection: inContext },
      sharingLaws({
        ...common,
        name: `a context that is the input, on ${material.name}`,
        bijection: own,
        apart: named("blocks")(inContext),
        split: { params: ({ blocks }) => ({ blocks }), input: (x) => [x, x] as const },
        sum: {
          grads: ({ blocks }) => ({ fork: {}, blocks }),
          cotangent: (pair) => (pair === null ? null : space.plus(...pair)),
        },
      }),
    ),
    {
      name: `BDIA on ${material.name}`,
      covers: ["Bdia.fromResidual"],
      onDevice,
      cost,
      set: async () => (await lawsOf({ ...common, name: `BDIA on ${material.name}`, residual: { space, layer } })).set,
    },
    {
      name: `two layers on ${material.name}`,
      covers: ["serial", "namedLayer"],
      onDevice,
      cost,
      set: async () =>
        (
          await lawsOf({
            ...common,
            name: `two layers on ${material.name}`,
            layer: F.pipe(namedLayer("f")(layer), serial(namedLayer("g")(layer))),
          })
        ).set,
    },
    {
      name: `a rounded layer on ${material.name}`,
      covers: ["onGrid"],
      onDevice,
      cost,
      set: async () => layerLaws({ ...common, name: `a rounded layer on ${material.name}`, layer: rounded }),
    },
  ]
}

/** The layer without its draws. */
const expectation = <P, A, B>({ params, apply, vjp }: Layer<P, A, B>): Layer<P, A, B> => ({
  params,
  apply: (p, a) => apply(p, a, O.none),
  vjp: (p, a) => vjp(p, a, O.none),
})
