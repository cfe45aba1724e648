import type { tf } from "../../tf.ts"
import { rowsOf } from "./Outcome.ts"

/** Flattens all leading axes into one: `[..., width]` becomes `[rows, width]`. */
export const asRows = (x: tf.Tensor): tf.Tensor2D => x.reshape([...rowsOf(x.shape)])
