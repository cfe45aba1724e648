/** BDIA's one rounding operation on numbers of JavaScript. */
import { halfToEven } from "../../../exact/Grid.ts"

/** round(x + h) step, every operation in float32, for x and h that are scaled already. */
export const drift = (x: number, h: number, step: number): number =>
  Math.fround(halfToEven(Math.fround(Math.fround(x) + Math.fround(h))) * step)
