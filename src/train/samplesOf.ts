/**
 * Sample ids of a batch by place.
 */
import { tensorsIn } from "../tensor/values/tree.ts"

/** 0, 1, ... for each place on the first axis of a batch's first tensor, from `first` on. */
export const samplesOf = (batch: unknown, first = 0): ReadonlyArray<number> =>
  Array.from({ length: tensorsIn(batch)[0]?.shape[0] ?? 1 }, (_, i) => first + i)
