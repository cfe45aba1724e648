/**
 * Parameters that are tensors, and their starting values by key.
 */
import type { Key } from "../../core/Key.ts"
import { Params } from "../../core/Params.ts"
import { normals } from "../../exact/draws.ts"
import { sizeOf } from "../../exact/frame.ts"
import { hasShapesOnly } from "../shapes/inShapes.ts"
import { tf } from "../tf.ts"
import { isTensor } from "./tree.ts"

// --------------------------------------------------------- constructors

const leaf = (init: (key: Key) => tf.Tensor): Params<tf.Tensor> =>
  Params.leaf({ init, add: (x, y) => tf.add(x, y), is: isTensor })

/** One tensor leaf of each kind, such as `tensor.normal([128, 512], 0.02)`. */
export const tensor = {
  /** All zeros. */
  zeros: (shape: ReadonlyArray<number>): Params<tf.Tensor> => leaf(() => fromShape(shape) ?? tf.zeros([...shape])),

  /** The given values, whatever the key is; borrows `values`, and every start is a handle of its own. */
  from: (values: tf.Tensor): Params<tf.Tensor> => leaf(() => fromShape(values.shape) ?? values.clone()),

  /** All ones. */
  ones: (shape: ReadonlyArray<number>): Params<tf.Tensor> => leaf(() => fromShape(shape) ?? tf.ones([...shape])),

  /** Independent normal values of mean 0 and the given deviation, drawn from the parameter's key. */
  normal: (shape: ReadonlyArray<number>, deviation: number): Params<tf.Tensor> =>
    leaf(
      (key) =>
        fromShape(shape) ??
        tf.tensor(
          normals({ key, samples: [0] }, sizeOf(shape)).map((x) => x * deviation),
          [...shape],
        ),
    ),
}

/** A tensor without values where code runs over shapes alone, so that none are made that no one reads. */
const fromShape = (shape: ReadonlyArray<number>): tf.Tensor | null => (hasShapesOnly() ? tf.fill([...shape], 0) : null)
