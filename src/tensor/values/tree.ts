/**
 * Tensors in structures: arrays, records and what they hold, always in the same order (`core/Tree.ts`).
 */
import { Tree } from "../../core/Tree.ts"
import { tf } from "../tf.ts"

// ----------------------------------------------------------- combinators

/** The same structure with every tensor replaced. */
export const mapTensors = <A>(structure: A, f: (tensor: tf.Tensor) => tf.Tensor): A =>
  Tree.map(structure, isTensor, f) as A // same shape

// ---------------------------------------------------------- destructors

/** All tensors of a structure, those that occur twice as often as they occur. */
export const tensorsIn = (structure: unknown): ReadonlyArray<tf.Tensor> => Tree.leaves(structure, isTensor)

/** Tells a tensor from any other value. */
export const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor
