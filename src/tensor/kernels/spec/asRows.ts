import type { tf } from "../../tf.ts"
import { rowsOf } from "./Outcome.ts"

/** All leading axes as one: `[..., width]` as `[rows, width]`. */
export const asRows = (x: tf.Tensor): tf.Tensor2D => x.reshape([...rowsOf(x.shape)])
