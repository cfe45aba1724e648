/**
 * Random architectures: parts of every kind in the library, composed at random.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import { Bdia } from "../../src/block/Bdia.ts"
import { Coupling } from "../../src/block/Coupling.ts"
import { Momentum } from "../../src/block/Momentum.ts"
import { Rational } from "../../src/block/Rational.ts"
import type { Two } from "../../src/block/State.ts"
import { TwoStep } from "../../src/block/TwoStep.ts"
import { andThen } from "../../src/core/andThen.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { repeat } from "../../src/core/chain.ts"
import { first } from "../../src/core/first.ts"
import { identity } from "../../src/core/identity.ts"
import { keep } from "../../src/core/keep.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { named } from "../../src/core/named.ts"
import { serial } from "../../src/core/serial.ts"
import { Side } from "../../src/core/Side.ts"
import { tied } from "../../src/core/tied.ts"
import { onGrid } from "../../src/residual/onGrid.ts"
import { law, type LawSet } from "../engine/Law.ts"
import { lawsOf } from "../engine/lawsOf.ts"
import { report } from "../engine/report.ts"
import { judgeAll } from "../engine/run.ts"
import { leftToRight } from "./Category.ts"
import type { DrawnLayer, Material } from "../engine/Material.ts"
import type { Subject } from "../engine/Subject.ts"

// ---------------------------------------------------------------- model

/** A network that preserves the shape of an activation, and what it is composed of. */
export interface Architecture<in out X> extends Subject<object, X, X, unknown> {
  readonly name: string
  /** The number of parts that are composed. */
  readonly depth: number
  /** The number of blocks of its longest BDIA chain. */
  readonly chain: number
  /** The number of parts whose input is kept. */
  readonly kept: number
}

/** One part, with its name for reports. */
interface Part<in out X> {
  readonly description: string
  readonly bijection: Bijection<object, X, X, unknown>
  readonly chain: number
  readonly kept: number
}

// --------------------------------------------------------- constructors

/**
 * Compositions of 1 to 6 parts. Most have at least three parts, including a chain of 2 to 4 blocks and a kept layer.
 */
export const architectures = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Architecture<X>> => {
  const { name, inputs, samples } = material
  const part = fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: keptLayer(material) },
    { weight: 6, arbitrary: chainOf(material) },
    { weight: 1, arbitrary: contextChain(material) },
    { weight: 1, arbitrary: repeated(material) },
    { weight: 1, arbitrary: shared(material) },
    { weight: 1, arbitrary: half(material) },
    { weight: 1, arbitrary: steps(material) },
    { weight: 1, arbitrary: couplings(material) },
  )
  return fc.array(part, { minLength: 1, maxLength: 6, size: "max" }).map((parts) => ({
    name: `${parts.map(({ description }) => description).join("; ")}, on ${name}`,
    bijection: parts
      .map(({ bijection }, i) => hidden(named(`part${i}`)(bijection)))
      .reduce((f, g) => hidden(leftToRight(f, g))),
    inputs,
    ...(samples === undefined ? {} : { samples }),
    depth: parts.length,
    chain: Math.max(...parts.map(({ chain }) => chain)),
    kept: parts.reduce((sum, { kept }) => sum + kept, 0),
  }))
}

/**
 * Random architectures obey every law of bijections, gradients, plans and, on a device, ownership. A case is an
 * architecture on a material, with two inputs per law, so that a failure shrinks to the simplest architecture.
 */
export const architectureLaws = <X, Bit>(name: string, materials: fc.Arbitrary<Material<X, Bit>>): LawSet => ({
  name,
  topic: "architecture",
  parents: [],
  laws: [
    law("a random architecture obeys every law", materials.chain(architectures), async (architecture) => {
      const { set } = await lawsOf(architecture)
      const { laws } = await judgeAll(set, { runs: 2, shrink: false })
      const failures = laws.flatMap(({ name, verdict }) => (verdict._tag === "Holds" ? [] : [report(name, verdict)]))
      return { lhs: failures, rhs: [] }
    }),
  ],
})

/** Q(layer), which keeps its input. */
const keptLayer = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  material.layers.map(({ description, layer }) => ({
    description: `kept ${description}`,
    bijection: hidden(rounded(material, layer)),
    chain: 0,
    kept: 1,
  }))

/** A BDIA chain; the next part gets the sum of its state. */
const chainOf = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  fc.tuple(material.layers, fc.integer({ min: 1, max: 4 })).map(([{ description, layer }, depth]) => ({
    description: `${depth} BDIA blocks of ${description}`,
    bijection: hidden(
      F.pipe(
        named("blocks")(Bdia.fromResidual({ space: material.space, layer }, depth)),
        andThen(named("sum")(merged(material))),
      ),
    ),
    chain: depth,
    kept: 1,
  }))

/** A BDIA chain that reads a copy of its input as context. */
const contextChain = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  fc.tuple(material.layers, fc.integer({ min: 1, max: 3 })).map(([{ description, layer }, depth]) => {
    const { space, merge, fork } = material
    const read: Layer<object, Two<X>, X> = F.pipe(merge, serial<object, X, X>(layer))
    const context = { add: space.plus }
    return {
      description: `${depth} BDIA blocks with context of ${description}`,
      bijection: hidden(
        F.pipe(
          named("fork")(keep(space.value)(fork)),
          andThen(named("blocks")(Bdia.fromContextResidual<object, X, X, Bit>({ space, context, layer: read }, depth))),
          andThen(named("sum")(keep(Side.pair(space.value, Side.pair(space.value, space.value)))(sumOfThree(merge)))),
        ),
      ),
      chain: depth,
      kept: 2,
    }
  })

/** A two-step chain of another family; the next part gets the sum of its state. */
const steps = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> => {
  const { space } = material
  type Chain = (layer: DrawnLayer<X>["layer"], depth: number) => Bijection<object, X, Two<X>, unknown>
  const make: Readonly<Record<string, Chain>> = {
    "midpoint steps": (layer, depth) =>
      sideHidden(TwoStep.fromResidual({ space, layer }, TwoStep.midpoint(space), depth)),
    "leapfrog steps": (layer, depth) =>
      sideHidden(TwoStep.fromResidual({ space, layer }, TwoStep.leapfrog(space), depth)),
    "steps with gamma +-1/8": (layer, depth) =>
      sideHidden(TwoStep.fromResidual({ space, layer }, TwoStep.dyadic(space, 3), depth)),
    "steps with gamma +-2/3": (layer, depth) =>
      sideHidden(Rational.fromResidual({ space, layer }, { n: 2, d: 3 }, depth)),
    "momentum blocks": (layer, depth) => sideHidden(Momentum.fromResidual({ space, layer }, { n: 4, d: 5 }, depth)),
  }
  return fc
    .tuple(material.layers, fc.integer({ min: 1, max: 4 }), fc.constantFrom(...Object.entries(make)))
    .map(([{ description, layer }, depth, [name, chain]]) => ({
      description: `${depth} ${name} of ${description}`,
      bijection: hidden(F.pipe(named("blocks")(chain(layer, depth)), andThen(named("sum")(merged(material))))),
      chain: 0,
      kept: 1,
    }))
}

/** Couplings of a copied activation. */
const couplings = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  fc.tuple(material.layers, fc.integer({ min: 1, max: 3 })).map(([{ description, layer }, depth]) => ({
    description: `${depth} couplings of ${description}`,
    bijection: hidden(
      F.pipe(
        named("fork")(keep(material.space.value)(material.fork)),
        andThen(named("blocks")(Coupling.fromResiduals({ space: material.space, f: layer, g: layer }, depth))),
        andThen(named("sum")(merged(material))),
      ),
    ),
    chain: 0,
    kept: 2,
  }))

/** One kept layer several times, each with separate parameters. */
const repeated = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  fc.tuple(material.layers, fc.integer({ min: 1, max: 3 })).map(([{ description, layer }, times]) => ({
    description: `${times} times kept ${description}`,
    bijection: hidden(F.pipe(rounded(material, layer), repeat(times))),
    chain: 0,
    kept: times,
  }))

/** One kept layer twice, with the same parameters. */
const shared = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  material.layers.map(({ description, layer }) => {
    const use = named("shared")(rounded(material, layer))
    return {
      description: `twice kept ${description} with shared parameters`,
      bijection: hidden(F.pipe(use, tied("shared")(use))),
      chain: 0,
      kept: 2,
    }
  })

/** A kept layer on one half of a copied activation. */
const half = <X, Bit>(material: Material<X, Bit>): fc.Arbitrary<Part<X>> =>
  material.layers.map(({ description, layer }) => ({
    description: `kept ${description} on one half`,
    bijection: hidden(
      F.pipe(
        identity<X>(),
        andThen(named("fork")(keep(material.space.value)(material.fork))),
        andThen(named("half")(first<X>()(rounded(material, layer)))),
        andThen(named("sum")(merged(material))),
      ),
    ),
    chain: 0,
    kept: 3,
  }))

const rounded = <X, Bit>({ space }: Material<X, Bit>, layer: DrawnLayer<X>["layer"]) =>
  keep(space.value)(onGrid(space)(layer))

const merged = <X, Bit>({ space, merge }: Material<X, Bit>) => keep(Side.pair(space.value, space.value))(merge)

/** Maps (c, (x, y)) to c + (x + y). */
const sumOfThree = <X>(merge: Layer<{}, Two<X>, X>): Layer<{}, readonly [X, Two<X>], X> => ({
  params: merge.params,
  apply: (params, [c, state], draw) => merge.apply(params, [c, merge.apply(params, state, draw)], draw),
  vjp: (params, [c, state], draw) => {
    const inner = merge.vjp(params, state, draw)
    const outer = merge.vjp(params, [c, inner.value], draw)
    return {
      value: outer.value,
      held: [inner.value, ...inner.held, ...outer.held],
      pull: (dz) => {
        const { cotangent } = outer.pull(dz)
        if (cotangent === null) return { cotangent: null, grads: {} }
        const back = inner.pull(cotangent[1])
        return { cotangent: back.cotangent === null ? null : [cotangent[0], back.cotangent], grads: {} }
      },
    }
  },
})

// The result gets only parameters and sides of f.
const hidden = <P, A, S>(f: Bijection<P, A, A, S>) => f as unknown as Bijection<object, A, A, unknown>

// Likewise.
const sideHidden = <P, A, B, S>(f: Bijection<P, A, B, S>) => f as unknown as Bijection<object, A, B, unknown>
