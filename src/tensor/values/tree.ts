/**
 * Tensors in nested structures of arrays and records, always in the same order (`core/Tree.ts`).
 */
import { Tree } from "../../core/Tree.ts"
import { tf } from "../tf.ts"

// ----------------------------------------------------------- combinators

/** Returns the same structure with every tensor replaced by `f` of it. */
export const mapTensors = <A>(structure: A, f: (tensor: tf.Tensor) => tf.Tensor): A =>
  Tree.map(structure, isTensor, f) as A // Tree.map keeps the shape

// ---------------------------------------------------------- destructors

/** Returns all tensors of a structure, each as often as it occurs. */
export const tensorsIn = (structure: unknown): ReadonlyArray<tf.Tensor> => Tree.leaves(structure, isTensor)

/** Returns whether a value is a tensor. */
export const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor
