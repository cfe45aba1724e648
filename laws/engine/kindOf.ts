/**
 * Detection of the kind of values.
 */
import { readablesIn } from "./evidence.ts"
import { hostKind, type Kind } from "./Kind.ts"

/** Finds the kind of the values; loads TensorFlow.js only if there are tensors. */
export const kindOf = async (...values: ReadonlyArray<unknown>): Promise<Kind> =>
  readablesIn(values).length === 0 ? hostKind : (await import("../tensor/tensorKind.ts")).tensorKind
