/** BDIA's one rounding operation in lanes. */
import type { Code, Lanes } from "./assembler/Code.ts"

/** Q((1-g) x + (1+g) h), for `own` = (1-g) 2^l, `change` = (1+g) 2^l and `step` = 2^-l; every zero is +0. */
export const drift = (
  { add, constant, mul, nearest }: Code,
  { x, h, own, change, step }: Readonly<Record<"x" | "h" | "own" | "change" | "step", Lanes>>,
): Lanes => add(mul(nearest(add(mul(x, own), mul(h, change))), step), constant(0))
