/**
 * Every bijection and layer that the library exports, with the laws that it obeys and a generator to try them on.
 */
import { function as F, option as O } from "fp-ts"
import fc from "fast-check"
import { Bdia, type Two } from "../../src/block/Bdia.ts"
import { andThen } from "../../src/core/andThen.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { chain, repeat } from "../../src/core/chain.ts"
import { first } from "../../src/core/first.ts"
import { identity } from "../../src/core/identity.ts"
import { invert } from "../../src/core/invert.ts"
import { keep } from "../../src/core/keep.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { named, namedLayer } from "../../src/core/named.ts"
import { Params } from "../../src/core/Params.ts"
import { serial } from "../../src/core/serial.ts"
import { tied } from "../../src/core/tied.ts"
import { block, gpt } from "../../src/net/Gpt.ts"
import { Attention } from "../../src/residual/Attention.ts"
import { Conv } from "../../src/residual/Conv.ts"
import { Dropout } from "../../src/residual/Dropout.ts"
import { Embedding } from "../../src/residual/Embedding.ts"
import { LayerNorm } from "../../src/residual/LayerNorm.ts"
import { Linear } from "../../src/residual/Linear.ts"
import { Mlp } from "../../src/residual/Mlp.ts"
import { onGrid } from "../../src/residual/onGrid.ts"
import { fromTfjs } from "../../src/tensor/fromTfjs.ts"
import { tensor } from "../../src/tensor/tensor.ts"
import { tensorSpace } from "../../src/tensor/tensorSpace.ts"
import { tf } from "../../src/tensor/tf.ts"
import { architectureLaws } from "../Architecture.ts"
import { categoryLaws, leftToRight } from "../Category.ts"
import type { LawSet } from "../Law.ts"
import { layerLaws } from "../Layer.ts"
import { lawsOf } from "../lawsOf.ts"
import { float32Material, numberMaterial, type Material } from "../Material.ts"
import { productLaws } from "../Product.ts"
import { sharingLaws } from "../Sharing.ts"
import type { LayerSubject, ResidualSubject, Subject } from "../Subject.ts"
import { floatTensor, gridTensor, idTensor } from "./arbitraries.ts"
import { tensorMaterial } from "./tensorMaterial.ts"

// ---------------------------------------------------------------- model

/** One part of the library with its laws. */
export interface Entry {
  readonly name: string
  /** What of the library's exports it is about, such as `Linear.make`. */
  readonly covers: ReadonlyArray<string>
  /** Whether its values live on a device: then the laws are for every backend. */
  readonly onDevice: boolean
  readonly set: () => Promise<LawSet>
}

// --------------------------------------------------------- constructors

/** The whole catalogue; nothing is made on a device before a law is tried. */
export const catalogue = (): ReadonlyArray<Entry> => [
  ...combinators(numberMaterial(9), false),
  ...combinators(float32Material(9, 4), false),
  ...combinators(tensorMaterial(9, [2, 3, 4]), true),
  ...layers(),
  ...networks(),
]

/** Every combinator, on one kind of value. */
const combinators = <X, Bit>(material: Material<X, Bit>, onDevice: boolean): ReadonlyArray<Entry> => {
  const { space, inputs, merge, fork, samples, example } = material
  const { layer } = example
  const common = { inputs, ...(samples === undefined ? {} : { samples }) }
  const pairs: fc.Arbitrary<Two<X>> = fc.tuple(inputs, inputs)
  const rounded = onGrid(space)(layer)
  const part = keep(space.value)(rounded)
  const [f, g, h] = [named("f")(part), named("g")(part), named("h")(part)] as const
  const two = F.pipe(f, andThen(g))
  // Uses of one parameter stand at one path, and those apart at two: only without draws are they the same function.
  const drawless = keep(space.value)(onGrid(space)(expectation(layer)))
  const once = named("w")(drawless)
  const twice = F.pipe(once, tied("w")(once))
  const context = { add: space.plus, side: space.value }
  const reading: Layer<object, Two<X>, X> = F.pipe(merge, serial<object, X, X>(layer))
  const inContext = Bdia.fromContextResidual({ space, context, layer: reading }, 2)
  const own = F.pipe(named("fork")(keep(space.value)(fork)), andThen(named("blocks")(inContext)))
  const bijection = <P, A, B, S>(
    name: string,
    covers: ReadonlyArray<string>,
    subject: Omit<Subject<P, A, B, S>, "name">,
    ...further: ReadonlyArray<LawSet>
  ): Entry => {
    const title = `${name} on ${material.name}`
    return {
      name: title,
      covers,
      onDevice,
      set: async () => together(title, (await lawsOf({ ...subject, name: title })).set, ...further),
    }
  }
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
    bijection("a first part and two equal ones", ["chain"], { ...common, bijection: chain(part, part)(3) }),
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
      set: async () => (await lawsOf({ ...common, name: `BDIA on ${material.name}`, residual: { space, layer } })).set,
    },
    {
      name: `two layers on ${material.name}`,
      covers: ["serial", "namedLayer"],
      onDevice,
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
      set: async () => layerLaws({ ...common, name: `a rounded layer on ${material.name}`, layer: rounded }),
    },
    {
      name: `random architectures on ${material.name}`,
      covers: [],
      onDevice,
      set: async () => architectureLaws(material),
    },
  ]
}

/** Every layer on tensors: as a residual where it keeps the shape, else alone. */
const layers = (): ReadonlyArray<Entry> => {
  const space = tensorSpace(9)
  const sequence = gridTensor(space, [2, 3, 4])
  const custom = fromTfjs(
    Params.struct<{ readonly w: tf.Tensor }>({ w: tensor.normal([4, 4], 0.5) }),
    ({ w }, x: tf.Tensor) => tf.tanh(tf.matMul(x.reshape([-1, 4]), w)).reshape(x.shape),
  )
  const drop = F.pipe(Linear.make(4, 4, 0.5), serial(Dropout.make("drop", 0.5)))
  const residual = <P>(
    name: string,
    covers: string,
    layer: ResidualSubject<P, tf.Tensor, unknown>["residual"]["layer"],
    inputs = sequence,
  ): Entry => ({
    name,
    covers: [covers],
    onDevice: true,
    set: async () => (await lawsOf({ name, residual: { space, layer }, inputs })).set,
  })
  const alone = <P>(name: string, covers: string, { layer, inputs }: LayerSubject<P, tf.Tensor, tf.Tensor>): Entry => ({
    name,
    covers: [covers],
    onDevice: true,
    set: async () => (await lawsOf({ name, layer, inputs })).set,
  })
  return [
    residual("a linear layer", "Linear.make", Linear.make(4, 4, 0.5)),
    alone("a linear layer to another width", "Linear.make", {
      layer: Linear.make(4, 3, 0.5),
      inputs: floatTensor([2, 3, 4]),
    }),
    residual("layer norm", "LayerNorm.make", LayerNorm.make(4)),
    residual("causal attention", "Attention.make", Attention.make(4, 2, "causal")),
    residual("full attention", "Attention.make", Attention.make(4, 2, "full")),
    residual("a perceptron", "Mlp.make", Mlp.make(4, 6)),
    residual("dropout", "Dropout.make", drop),
    residual("a convolution", "Conv.make", Conv.make(3, 2, 2), gridTensor(space, [2, 3, 3, 2])),
    alone("a convolution to other channels", "Conv.make", {
      layer: Conv.make(3, 2, 3),
      inputs: floatTensor([2, 3, 4, 2]),
    }),
    alone("an embedding", "Embedding.make", { layer: Embedding.make(7, 4, 6), inputs: idTensor([2, 3], 7) }),
    residual("a layer of plain tfjs", "fromTfjs", custom),
    residual("a GPT's residual", "block", block({ width: 4, heads: 2, depth: 2, dropout: 0.25 })),
  ]
}

/** Whole networks. */
const networks = (): ReadonlyArray<Entry> => {
  const sizes = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 }
  const { network, trunk, logits } = gpt(sizes)
  const ids = idTensor([2, 4], sizes.vocabulary)
  const entry = <P, A, B, S>(name: string, bijection: Bijection<P, A, B, S>, inputs: fc.Arbitrary<A>): Entry => ({
    name,
    covers: ["gpt"],
    onDevice: true,
    set: async () => (await lawsOf({ name, bijection, inputs })).set,
  })
  return [
    entry("a GPT from tokens to loss", network, fc.tuple(ids, ids)),
    entry("a GPT's trunk", trunk, ids),
    entry("a GPT from tokens to logits", logits, ids),
  ]
}

/** The layer with its draws left out. */
const expectation = <P, A, B>({ params, apply, vjp }: Layer<P, A, B>): Layer<P, A, B> => ({
  params,
  apply: (p, a) => apply(p, a, O.none),
  vjp: (p, a) => vjp(p, a, O.none),
})

const together = (name: string, ...parents: ReadonlyArray<LawSet>): LawSet => ({
  name: `all of ${name}`,
  topic: "subject",
  parents,
  laws: [],
})
