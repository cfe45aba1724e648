/** A check of output sizes for the gradients of convolutions and pools. */
import { sameShape } from "../../exact/frame.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** The output shape that TensorFlow.js's gradient assumes. */
export interface Sized {
  readonly outShape: ReadonlyArray<number>
}

// ---------------------------------------------------------- destructors

/** Throws if `dimRoundingMode` made the output larger than the gradient assumes. */
export const expectRoundedDown = (name: string, dy: tf.Tensor, { outShape }: Sized): void => {
  if (sameShape(dy.shape, outShape)) return
  throw new Error(
    `The gradient of ${name} expects the output shape [${outShape.join(", ")}] of dimRoundingMode "floor", but the output has [${dy.shape.join(", ")}]. Pad the input so that the windows fit, and use "floor".`,
  )
}
