/**
 * Tensor parameters and their initial values by key.
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

/** Makes parameters of one tensor leaf, such as `tensor.normal([128, 512], 0.02)`. */
export const tensor = {
  /** Makes a parameter that starts with zeros. */
  zeros: (shape: ReadonlyArray<number>): Params<tf.Tensor> => leaf(() => fromShape(shape) ?? tf.zeros([...shape])),

  /** Makes a parameter that starts with the given values, whatever the key is. Borrows `values`. */
  from: (values: tf.Tensor): Params<tf.Tensor> => leaf(() => fromShape(values.shape) ?? values.clone()),

  /** Makes a parameter that starts with ones. */
  ones: (shape: ReadonlyArray<number>): Params<tf.Tensor> => leaf(() => fromShape(shape) ?? tf.ones([...shape])),

  /**
   * Makes a parameter that starts with independent normal values of mean 0 and the given standard deviation, drawn from
   * the parameter's key.
   */
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

/** Returns a tensor without values if code runs over shapes alone, so that no values are drawn in vain. */
const fromShape = (shape: ReadonlyArray<number>): tf.Tensor | null => (hasShapesOnly() ? tf.fill([...shape], 0) : null)
