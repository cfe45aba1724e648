/** What the kernels of a step of BDIA share: their attributes, and its one rounding operation. */
import { halfToEven } from "../../../exact/Grid.ts"

// ---------------------------------------------------------------- model

/** Of `BijouUpdate` and `BijouInverse`: g, (1-g) 2^l and (1+g) 2^l for each sample, 2^l and 2^-l. */
export interface StepAttributes {
  readonly gamma: readonly number[]
  readonly own: readonly number[]
  readonly change: readonly number[]
  readonly scale: number
  readonly step: number
}

/** The attributes are ours, and these kernels are always given all of them. */
export const asStep = (attrs: Readonly<Record<string, unknown>>): StepAttributes => attrs as unknown as StepAttributes

// --------------------------------------------------------- constructors

/** round(x + h) step, every operation in float32, for x and h that are scaled already. */
export const drift = (x: number, h: number, step: number): number =>
  Math.fround(halfToEven(Math.fround(Math.fround(x) + Math.fround(h))) * step)
