/** BDIA's only rounding operation, on JavaScript numbers. */
import { halfToEven } from "../../../exact/Grid.ts"

/** Returns round(x + h) step for scaled x and h, with every operation in float32. */
export const drift = (x: number, h: number, step: number): number =>
  Math.fround(halfToEven(Math.fround(Math.fround(x) + Math.fround(h))) * step)
