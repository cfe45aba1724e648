/** The custom gradients as data, and the function that registers them. */
import { tf } from "../tf.ts"
import type { Amendment, GradFunc } from "./amended.ts"
import { cast } from "./Cast.ts"
import { conv2D } from "./Conv2D.ts"
import { cumsum } from "./Cumsum.ts"
import { max, min } from "./extremes.ts"
import { floorDiv } from "./FloorDiv.ts"
import { fusedBatchNorm } from "./FusedBatchNorm.ts"
import { gatherV2 } from "./GatherV2.ts"
import { mirrorPad } from "./MirrorPad.ts"
import { splitV, unpack } from "./parts.ts"
import { avgPool, avgPool3D, maxPool } from "./pools.ts"
import { prod } from "./Prod.ts"
import { realDiv } from "./RealDiv.ts"
import { resizeBilinear, resizeNearestNeighbor } from "./resizing.ts"
import { tile } from "./Tile.ts"

const GRADIENTS: readonly Amendment[] = [
  avgPool,
  avgPool3D,
  cast,
  conv2D,
  cumsum,
  floorDiv,
  fusedBatchNorm,
  gatherV2,
  max,
  maxPool,
  min,
  mirrorPad,
  prod,
  realDiv,
  resizeBilinear,
  resizeNearestNeighbor,
  splitV,
  tile,
  unpack,
]

/** Every copy of this package shares this symbol, so that no copy amends a gradient twice. */
const AMENDED = Symbol.for("bijou.amended")

/**
 * Registers correct gradients for the kernels whose gradient in TensorFlow.js is wrong or missing. This affects all
 * code that uses TensorFlow.js; correct gradients keep their bits. Calling it again has no effect.
 */
export const registerGradients = (): void => {
  for (const { kernelName, amend, ...saving } of GRADIENTS) {
    const stock = tf.getGradient(kernelName)
    if (AMENDED in stock.gradFunc) continue
    const right = amend(stock.gradFunc)
    const gradFunc: GradFunc = Object.assign((...call: Parameters<GradFunc>) => right(...call), { [AMENDED]: true })
    tf.registerGradient({ ...stock, ...saving, gradFunc })
  }
}
