/** `BijouTimes`: every sample times its factor. Input `x` (float32 [batch, ...]), attribute `factor` (a number for each sample). */
import { fromLanes } from "./fromLanes.ts"

export const bijouTimes = fromLanes("BijouTimes", {
  tensors: ["x"],
  numbers: ["factor"],
  outputs: 1,
  body: ({ mul }, { x, factor }) => [mul(x, factor)],
})
