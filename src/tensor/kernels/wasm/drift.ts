/** Rounding to the grid, BDIA's drift and multiplication by gamma in lanes. */
import { drift } from "../spec/drift.ts"
import { quantize } from "../spec/quantize.ts"
import { times } from "../spec/times.ts"
import type { Code, V128 } from "./assembler/Code.ts"
import { elementwise } from "./elementwise.ts"
import { onHeap } from "./Heap.ts"

export const bijouDrift = onHeap(
  drift,
  elementwise(drift, {
    tensors: ["x", "h"],
    names: ["own", "change", "step"],
    numbers: ({ own, change, step }) => [own, change, own.map(() => step)],
    outputs: 1,
    body: (code, given) => [drifted(code, given)],
  }),
)

export const bijouQuantize = onHeap(
  quantize,
  elementwise(quantize, {
    tensors: ["x"],
    names: ["scale", "step"],
    numbers: ({ scale, step }) => [[scale], [step]],
    outputs: 1,
    body: ({ add, constant, mul, nearest }, { x, scale, step }) => [
      add(mul(nearest(mul(x, scale)), step), constant(0)),
    ],
  }),
)

export const bijouTimes = onHeap(
  times,
  elementwise(times, {
    tensors: ["x"],
    names: ["factor"],
    numbers: ({ factor }) => [factor],
    outputs: 1,
    body: ({ mul }, { x, factor }) => [mul(x, factor)],
  }),
)

/** Computes Q((1-g) x + (1+g) h) with `own` = (1-g) 2^l, `change` = (1+g) 2^l and `step` = 2^-l. Every zero is +0. */
export const drifted = (
  { add, constant, mul, nearest }: Code,
  { x, h, own, change, step }: Readonly<Record<"x" | "h" | "own" | "change" | "step", V128>>,
): V128 => add(mul(nearest(add(mul(x, own), mul(h, change))), step), constant(0))
