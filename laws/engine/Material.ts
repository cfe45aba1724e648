/**
 * Materials: kinds of value and layers on them, from which random architectures are built.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import type { Two } from "../../src/block/State.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { namedLayer } from "../../src/core/named.ts"
import { Params } from "../../src/core/Params.ts"
import { serial } from "../../src/core/serial.ts"
import { float32Space, type PackedBits } from "../../src/exact/float32Space.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import type { Space } from "../../src/exact/Space.ts"
import { boundedGridNumber, float32Array } from "./arbitraries.ts"
import { float32Layer, numberLayer } from "../subjects/specimens.ts"

// ---------------------------------------------------------------- model

/** A layer whose parameters are an opaque record, and its name in reports. */
export interface DrawnLayer<in out X> {
  readonly description: string
  readonly layer: Layer<object, X, X>
}

/** Activations of one kind and shape, with random layers on them. */
export interface Material<in out X, in out Bit> {
  readonly name: string
  readonly space: Space<X, Bit>
  /** Activations on the grid. */
  readonly inputs: fc.Arbitrary<X>
  /** Random layers that preserve the shape, each with parameters. */
  readonly layers: fc.Arbitrary<DrawnLayer<X>>
  /** One layer that draws random numbers, for laws that use a single layer. */
  readonly example: DrawnLayer<X>
  /** Maps (x, y) to x + y, so that a chain can end in one activation. */
  readonly merge: Layer<{}, Two<X>, X>
  /** Maps x to (x, x), so that a part can have a context. */
  readonly fork: Layer<{}, X, Two<X>>
  /** Global ids of the samples. Default: one for each index of the leading axis of a tensor, otherwise one. */
  readonly samples?: () => ReadonlyArray<number>
}

// --------------------------------------------------------- constructors

/** Hides the type of a layer's parameters. */
export const drawn = <P extends object, X>(description: string, layer: Layer<P, X, X>): DrawnLayer<X> => ({
  description,
  layer: layer as unknown as Layer<object, X, X>, // it gets only parameters from its own `init`
})

/** One of these layers, or a composition of two. */
export const oneOrTwo = <X>(layers: fc.Arbitrary<DrawnLayer<X>>): fc.Arbitrary<DrawnLayer<X>> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: layers },
    {
      weight: 1,
      arbitrary: fc
        .tuple(layers, layers)
        .map(([f, g]) =>
          drawn(
            `${f.description}, then ${g.description}`,
            F.pipe(namedLayer("f")(f.layer), serial(namedLayer("g")(g.layer))),
          ),
        ),
    },
  )

const rates = fc.constantFrom(0, 0.25, 0.5)

/** Numbers on a grid: one sample of one activation. */
export const numberMaterial = (fractionBits: number): Material<number, 0 | 1> => {
  const space = numberSpace(fractionBits)
  return {
    name: `numbers of ${fractionBits} fraction bits`,
    space,
    inputs: boundedGridNumber(space.grid, 8),
    layers: oneOrTwo(rates.map((rate) => drawn(`tanh with dropout ${rate}`, numberLayer(rate)))),
    example: drawn("tanh with dropout 0.25", numberLayer(0.25)),
    merge: {
      params: Params.none,
      apply: (_, [x, y]) => x + y,
      vjp: (_, [x, y]) => ({ value: x + y, held: [], pull: (dy) => ({ cotangent: [dy, dy], grads: {} }) }),
    },
    fork: {
      params: Params.none,
      apply: (_, x) => [x, x],
      vjp: (_, x) => ({ value: [x, x], held: [], pull: ([da, db]) => ({ cotangent: da + db, grads: {} }) }),
    },
  }
}

/** Float32Arrays on a grid: two samples, ids 5 and 3, of `width` activations each. */
export const float32Material = (fractionBits: number, width: number): Material<Float32Array, PackedBits> => {
  const space = float32Space(fractionBits)
  return {
    name: `Float32Arrays of ${fractionBits} fraction bits`,
    space,
    inputs: float32Array(2 * width, boundedGridNumber(space.grid, 8)),
    samples: () => [5, 3],
    layers: oneOrTwo(rates.map((rate) => drawn(`tanh of neighbors with dropout ${rate}`, float32Layer(width, rate)))),
    example: drawn("tanh of neighbors with dropout 0.25", float32Layer(width, 0.25)),
    merge: {
      params: Params.none,
      apply: (_, [x, y]) => space.plus(x, y),
      vjp: (_, [x, y]) => ({
        value: space.plus(x, y),
        held: [],
        pull: (dy) => ({ cotangent: [dy, dy.slice()], grads: {} }),
      }),
    },
    fork: {
      params: Params.none,
      apply: (_, x) => [x.slice(), x.slice()],
      vjp: (_, x) => ({
        value: [x.slice(), x.slice()],
        held: [],
        pull: ([da, db]) => ({ cotangent: space.plus(da, db), grads: {} }),
      }),
    },
  }
}
