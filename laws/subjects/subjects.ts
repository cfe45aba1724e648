/**
 * Subjects of the library's own laws without tensors: grids, spaces and chains.
 */
import fc from "fast-check"
import { Bdia, type BdiaSide } from "../../src/block/Bdia.ts"
import type { Two } from "../../src/block/State.ts"
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { float32Space, type PackedBits } from "../../src/exact/float32Space.ts"
import { Grid } from "../../src/exact/Grid.ts"
import { hostWatch } from "../../src/exact/hostWatch.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import type { Space } from "../../src/exact/Space.ts"
import { boundedGridNumber, float32Array, moderate } from "../engine/arbitraries.ts"
import type { GridSubject } from "../sets/Grid.ts"
import type { SpaceSubject } from "../sets/Space.ts"
import type { Subject } from "../engine/Subject.ts"
import { float32Layer, numberLayer, type Float32Weights, type NumberWeights } from "./specimens.ts"

// ---------------------------------------------------------------- model

/** How a chain under test differs from the usual one; an impostor differs in a wrong way. */
export interface Chain<P, X, Bit> {
  readonly depth: number
  readonly layer?: Layer<P, X, X>
  readonly space?: Space<X, Bit>
  /** The environment of a run. Default: that of the host. */
  readonly env?: (options: EnvOptions<ReadonlyArray<P>>) => Env<ReadonlyArray<P>>
  readonly inputs?: fc.Arbitrary<X>
}

// --------------------------------------------------------- constructors

/** The library's grid of `fractionBits` fraction bits, or one with other operations. */
export const gridSubject = (name: string, fractionBits: number, other: Partial<GridSubject> = {}): GridSubject => {
  const grid = Grid.make(fractionBits)
  return {
    name,
    grid,
    round: (y) => Grid.round(grid, y),
    parity: (x) => Grid.parity(grid, x),
    watch: hostWatch,
    ...other,
  }
}

/** Single numbers, on the grid up to an eighth of its limit, and off the grid. */
export const numberSpaceSubject = (name: string, space: Space<number, 0 | 1>): SpaceSubject<number, 0 | 1> => ({
  name,
  space,
  values: boundedGridNumber(space.grid, space.grid.limit / 8),
  others: fc.oneof(moderate, fc.constantFrom(0, -0, space.grid.step / 2, -space.grid.step / 2)),
  gammas: fc.constantFrom([0.5], [-0.5]),
})

/** Batches of two samples of three activations. */
export const float32SpaceSubject = (
  name: string,
  space: Space<Float32Array, PackedBits>,
): SpaceSubject<Float32Array, PackedBits> => ({
  name,
  space,
  values: float32Array(6, boundedGridNumber(space.grid, space.grid.limit / 8)),
  others: float32Array(6, fc.oneof(moderate, fc.constantFrom(0, -0, space.grid.step / 2, -space.grid.step / 2))),
  gammas: fc.tuple(fc.constantFrom(0.5, -0.5), fc.constantFrom(0.5, -0.5)),
})

/** BDIA on numbers, 9 fraction bits, dropout 1/4. */
export const numberChainSubject = (
  name: string,
  chain: Chain<NumberWeights, number, 0 | 1>,
): Subject<ReadonlyArray<NumberWeights>, number, Two<number>, BdiaSide<NumberWeights, number, 0 | 1>> => {
  const { depth, layer = numberLayer(0.25), space = numberSpace(9) } = chain
  const bijection = Bdia.fromResidual({ space, layer }, depth)
  return {
    name,
    bijection,
    inputs: chain.inputs ?? boundedGridNumber(space.grid, 8),
    ...(chain.env === undefined ? {} : { env: chain.env }),
  }
}

/** BDIA on Float32Arrays: 9 fraction bits, dropout 1/4, two samples (ids 5 and 3) of four activations. */
export const float32ChainSubject = (
  name: string,
  chain: Chain<Float32Weights, Float32Array, PackedBits>,
): Subject<
  ReadonlyArray<Float32Weights>,
  Float32Array,
  Two<Float32Array>,
  BdiaSide<Float32Weights, Float32Array, PackedBits>
> => {
  const { depth, layer = float32Layer(4, 0.25), space = float32Space(9) } = chain
  const bijection = Bdia.fromResidual({ space, layer }, depth)
  return {
    name,
    bijection,
    inputs: chain.inputs ?? float32Array(8, boundedGridNumber(space.grid, 8)),
    samples: () => [5, 3],
    ...(chain.env === undefined ? {} : { env: chain.env }),
  }
}
