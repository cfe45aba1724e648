/**
 * Impostors of the arithmetic: no grid, two zeros, no guard, the wrong parity, the wrong gamma.
 */
import { Env } from "../../src/core/Env.ts"
import { hostScope } from "../../src/core/Scope.ts"
import type { Watch } from "../../src/core/Watch.ts"
import { float32Space, type PackedBits } from "../../src/exact/float32Space.ts"
import { Grid } from "../../src/exact/Grid.ts"
import { hostWatch } from "../../src/exact/hostWatch.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { Space } from "../../src/exact/Space.ts"
import { float32Array, gridNumber } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { bijectionLaws } from "../sets/Bijection.ts"
import { gradientLaws } from "../sets/Gradient.ts"
import { gridLaws } from "../sets/Grid.ts"
import { spaceLaws } from "../sets/Space.ts"
import {
  float32ChainSubject,
  float32SpaceSubject,
  gridSubject,
  numberChainSubject,
  numberSpaceSubject,
} from "../subjects/subjects.ts"

const numbers = numberSpace(9)
const floats = float32Space(9)

/** A watch that accepts every claim. */
const blind = (): Watch => ({ ...hostWatch(), expect: () => {} })

const float = Space.make<Float32Array, PackedBits>({
  ...floats,
  quantize: (y) => y,
  drift: (gamma, x, h) =>
    x.map((a, i) => {
      const g = gamma[Math.floor((i * gamma.length) / x.length)] ?? 0
      return Math.fround(Math.fround((1 - g) * a) + Math.fround((1 + g) * (h[i] ?? 0)))
    }),
})

/** Updates in floating point, without rounding to a grid (MemCNN #29). */
export const floatCoupling = attack(
  "a float coupling",
  spaceLaws(float32SpaceSubject("a float coupling", float)),
  gradientLaws(float32ChainSubject("a float coupling", { depth: 4, space: float })),
)

const twoZeros = Space.make<number, 0 | 1>({
  ...numbers,
  lower: (x, s) => (s === 0 ? x : x - s * numbers.grid.step),
})

/** Returns -0 as the inverse of 0, as happens with gamma = -1/2 unless zeros are handled. */
export const negativeZero = attack(
  "a negative zero",
  gridLaws(gridSubject("a negative zero", 9, { round: (y) => Math.sign(y) * Math.abs(Grid.round(numbers.grid, y)) })),
  spaceLaws(numberSpaceSubject("a negative zero", twoZeros)),
  bijectionLaws(numberChainSubject("a negative zero", { depth: 3, space: twoZeros })),
)

/** Disables the range guard, with inputs near the limit. */
export const overRange = attack(
  "an over-range state",
  bijectionLaws(
    float32ChainSubject("an over-range state", {
      depth: 3,
      inputs: float32Array(8, gridNumber(floats.grid)),
      env: (run) => Env.make(run, hostScope, blind()),
    }),
  ),
)

/** A grid that claims one bit more than float32 has. */
export const wideGrid = attack(
  "a grid one bit too wide",
  gridLaws(gridSubject("a grid one bit too wide", 9, { grid: { ...Grid.make(9), limit: 2 ** 16 } })),
)

/** Rounds ties up, as `Math.round` does. */
export const halfUp = attack(
  "half up",
  gridLaws(gridSubject("half up", 9, { round: (y) => Math.round(y * 512) / 512 + 0 })),
)

/** Rounding that moves every grid value up. */
export const pushedUp = attack(
  "a rounding that moves grid values",
  gridLaws(gridSubject("a rounding that moves grid values", 9, { round: (y) => Math.floor(y * 512 + 1) / 512 + 0 })),
)

const oddIsOne = (x: number): 0 | 1 => ((x * 512) % 2 === 1 ? 1 : 0)

/** Uses `% 2 === 1`, which is false for every negative number. */
export const unsignedParity = attack(
  "a parity for positive numbers only",
  gridLaws(gridSubject("a parity for positive numbers only", 9, { parity: oddIsOne })),
  spaceLaws(numberSpaceSubject("a parity for positive numbers only", Space.make({ ...numbers, parity: oddIsOne }))),
)

const signedBit = Space.make<number, 0 | 1>({
  ...numbers,
  lower: (x, s) => x - Math.sign(x) * s * numbers.grid.step + 0,
})

/** Restores the side bit with the sign of the number. */
export const signedLower = attack("a bit with a sign", spaceLaws(numberSpaceSubject("a bit with a sign", signedBit)))

const oneGamma = Space.make<Float32Array, PackedBits>({
  ...floats,
  drift: (gamma, x, h) =>
    floats.drift(
      gamma.map(() => gamma[0] ?? 0),
      x,
      h,
    ),
})

/** Uses the gamma of the first sample for the whole batch, in one of two places. */
export const batchGamma = attack(
  "one gamma for the batch",
  spaceLaws(float32SpaceSubject("one gamma for the batch", oneGamma)),
)

let calls = 0

const dithered = Space.make<number, 0 | 1>({
  ...numbers,
  drift: (gamma, x, h) => numbers.drift(gamma, x, h + ((calls++ % 3) - 1) * numbers.grid.step),
})

/** Rounds with noise that differs in every call. */
export const ditheredDrift = attack(
  "a dithered rounding",
  spaceLaws(numberSpaceSubject("a dithered rounding", dithered)),
  gradientLaws(numberChainSubject("a dithered rounding", { depth: 3, space: dithered })),
)

const firstGamma = (gamma: ReadonlyArray<number>) => gamma.map(() => gamma[0] ?? 0)

/** Updates the whole batch with the gamma of its first sample; the single operations are right. */
export const batchUpdate = attack(
  "an update with one gamma for the batch",
  spaceLaws(
    float32SpaceSubject("an update with one gamma for the batch", {
      ...floats,
      update: (gamma, previous, x, h) => floats.update(firstGamma(gamma), previous, x, h),
    }),
  ),
)

/** Drops the side bit in `restore`. */
export const bitlessRestore = attack(
  "a restore without the bit",
  spaceLaws(
    numberSpaceSubject("a restore without the bit", {
      ...numbers,
      restore: (gamma, x, next, h) => numbers.restore(gamma, x, next, h, 0),
    }),
  ),
)

/** Adds the same three terms in another order, as a floating-point optimizer might. */
export const reordered = attack(
  "cotangents added in another order",
  spaceLaws(
    float32SpaceSubject("cotangents added in another order", {
      ...floats,
      cotangents: (gamma, dx, dn, jx) => {
        const straight = floats.times(
          gamma.map((g) => 1 - g),
          dn,
        )
        return [floats.times(gamma, dn), floats.plus(floats.plus(dx, jx), straight)]
      },
    }),
  ),
)

/** Division that rounds toward zero, as integer division does in most languages. */
export const truncatedDivision = attack(
  "a division that rounds toward zero",
  spaceLaws(
    numberSpaceSubject(
      "a division that rounds toward zero",
      Space.make({
        ...numbers,
        divide: (d, x) => [(Math.trunc((x * 512) / d) + 0) / 512, (((x * 512) % d) + 0) / 512],
      }),
    ),
  ),
)

/** Division whose remainder is always lost. */
export const lostRemainder = attack(
  "a division without remainder",
  spaceLaws(
    numberSpaceSubject(
      "a division without remainder",
      Space.make({ ...numbers, divide: (d, x) => [Math.floor((x * 512) / d) / 512, 0] }),
    ),
  ),
)
