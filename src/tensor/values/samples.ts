/**
 * The samples of a batch: the positions on the first axis of its tensors.
 */
import type { tf } from "../tf.ts"
import { tensorsIn } from "./tree.ts"

/** Returns an id for each sample of a batch, from `first` on: the positions on the first axis of its first tensor. */
export const samplesOf = (batch: unknown, first = 0): ReadonlyArray<number> =>
  Array.from({ length: tensorsIn(batch)[0]?.shape[0] ?? 1 }, (_, i) => first + i)

/** Copies `count` samples of a tensor, from the position `begin` on. */
export const sliceSamples = (x: tf.Tensor, begin: number, count: number): tf.Tensor =>
  x.slice([begin, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)])
