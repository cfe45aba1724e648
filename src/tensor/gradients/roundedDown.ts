/** What the gradients of windows are refused for. */
import { sameShape } from "../../exact/frame.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** The output's shape, as TensorFlow.js's gradients take it. */
export interface Sized {
  readonly outShape: ReadonlyArray<number>
}

// ---------------------------------------------------------- destructors

/** Throws where `dimRoundingMode` made an output larger than the gradient would take it for. */
export const expectRoundedDown = (name: string, dy: tf.Tensor, { outShape }: Sized): void => {
  if (sameShape(dy.shape, outShape)) return
  throw new Error(
    `The gradient of ${name} takes its output [${dy.shape.join(", ")}] for [${outShape.join(", ")}], which dimRoundingMode "floor" gives. Pad the input so that windows fit, and use "floor".`,
  )
}
