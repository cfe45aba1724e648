/**
 * Generators of tensors. They make a tensor when a law needs it, on the backend that is then active.
 */
import fc from "fast-check"
import type { Space } from "../../src/exact/Space.ts"
import { sizeOf } from "../../src/exact/frame.ts"
import { tf } from "../../src/tensor/tf.ts"
import { boundedGridNumber, moderate } from "../engine/arbitraries.ts"

// --------------------------------------------------------- constructors

/** float32 tensors of a shape on the grid of a space, of magnitude at most `bound` (default 8). */
export const gridTensor = <Bit>(
  { grid }: Space<tf.Tensor, Bit>,
  shape: ReadonlyArray<number>,
  bound = 8,
): fc.Arbitrary<tf.Tensor> => tensorOf(shape, boundedGridNumber(grid, bound))

/** float32 tensors of a shape with values in [-4, 4], on no grid. */
export const floatTensor = (shape: ReadonlyArray<number>): fc.Arbitrary<tf.Tensor> => tensorOf(shape, moderate)

/** float32 tensors of a shape with values of `item`. */
const tensorOf = (shape: ReadonlyArray<number>, item: fc.Arbitrary<number>): fc.Arbitrary<tf.Tensor> =>
  listOf(shape, item).map((values) => tf.tensor(values, [...shape], "float32"))

/** int32 tensors of a shape with integers from 0 to `count` - 1, such as token ids. */
export const idTensor = (shape: ReadonlyArray<number>, count: number): fc.Arbitrary<tf.Tensor> =>
  listOf(shape, fc.nat(count - 1)).map((values) => tf.tensor(values, [...shape], "int32"))

const listOf = (shape: ReadonlyArray<number>, item: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(item, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
