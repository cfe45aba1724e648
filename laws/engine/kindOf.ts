/**
 * The kind of value that values are of.
 */
import { readablesIn } from "./evidence.ts"
import { hostKind, type Kind } from "./Kind.ts"

/** The kind that the values are of; TensorFlow.js is loaded only where there are tensors. */
export const kindOf = async (...values: ReadonlyArray<unknown>): Promise<Kind> =>
  readablesIn(values).length === 0 ? hostKind : (await import("../tensor/tensorKind.ts")).tensorKind
