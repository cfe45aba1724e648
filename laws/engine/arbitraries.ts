/**
 * Generators of hard cases: grid values near zero, near the limit and at ties, and plans.
 */
import fc from "fast-check"
import type { Choice, Plan } from "../../src/core/Plan.ts"
import type { Grid } from "../../src/exact/Grid.ts"
import type { PackedBits } from "../../src/exact/float32Space.ts"

// --------------------------------------------------------- constructors

/** Grid values inside the range: anywhere, near zero, and at its ends. */
export const gridNumber = (grid: Grid): fc.Arbitrary<number> => {
  const last = 2 ** 24 - 1
  return fc
    .oneof(
      fc.integer({ min: -last, max: last }),
      fc.integer({ min: -4, max: 4 }),
      fc.integer({ min: -64 * grid.scale, max: 64 * grid.scale }).filter((k) => Math.abs(k) <= last),
      fc.integer({ min: last - 8, max: last }),
      fc.integer({ min: -last, max: 8 - last }),
    )
    .map((k) => k * grid.step)
}

/** Grid values of at most `bound`, so that the activations of a network stay in range. */
export const boundedGridNumber = (grid: Grid, bound: number): fc.Arbitrary<number> =>
  fc
    .oneof(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -bound * grid.scale, max: bound * grid.scale }))
    .map((k) => k * grid.step)

/** Numbers between grid values: anywhere, at ties, and next to ties. */
export const nearGrid = (grid: Grid): fc.Arbitrary<number> =>
  fc
    .tuple(
      gridNumber(grid),
      fc.oneof(
        fc.constantFrom(0, 0.5, -0.5, 0.25, 0.5 - 2 ** -20, 0.5 + 2 ** -20, 2 ** -25 - 0.5),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }).map((part) => Math.round(part * 2 ** 26) / 2 ** 26),
      ),
    )
    .map(([x, part]) => x + part * grid.step)

/** Shapes of one to three dimensions and at most 64 elements. */
export const shape: fc.Arbitrary<ReadonlyArray<number>> = fc.array(fc.integer({ min: 1, max: 4 }), {
  minLength: 1,
  maxLength: 3,
})

/** Float32Arrays of `length` values of `item`. */
export const float32Array = (length: number, item: fc.Arbitrary<number>): fc.Arbitrary<Float32Array> =>
  fc.array(item, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values))

/** Any float32 bit pattern, including infinities and negative zeros, with a single NaN. */
export const anyFloat32: fc.Arbitrary<number> = fc.float()

/** Moderate float32 numbers, for cotangents and inputs of layers. */
export const moderate: fc.Arbitrary<number> = fc.float({ min: -4, max: 4, noNaN: true })

/** Packed parities of `length` activations, with padding of 0. */
export const packedBits = (length: number): fc.Arbitrary<PackedBits> =>
  fc.array(fc.boolean(), { minLength: length, maxLength: length }).map((bits) => {
    const bytes = new Uint8Array(Math.ceil(length / 8))
    for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7))
    return { length, bytes }
  })

const choices: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

/** Plans with a choice for some of `paths`. */
export const plan = (paths: ReadonlyArray<string>): fc.Arbitrary<Plan> =>
  fc.dictionary(fc.constantFrom("", ...paths), fc.constantFrom(...choices), { noNullPrototype: true })
