/**
 * Impostors of exact scaling: buffers that overflow, digits that are dropped, a division that is rounded.
 */
import { float32Space, type PackedBits } from "../../src/exact/float32Space.ts"
import { InformationBuffer } from "../../src/exact/InformationBuffer.ts"
import { float32Array, gridNumber } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { scalingLaws, type ScalingSubject } from "../sets/InformationBuffer.ts"

const space = float32Space(9)

const { scale, unscale } = InformationBuffer

const scaling = (name: string, wrong: Partial<ScalingSubject<Float32Array, PackedBits>>) =>
  attack(
    name,
    scalingLaws({
      name,
      space,
      values: float32Array(4, gridNumber(space.grid)),
      samples: () => 2,
      scale,
      unscale,
      ...wrong,
    }),
  )

/** A buffer that is never spilled, and so exceeds float32's 24 bits. */
export const overflowingBuffer = scaling("a buffer that is never spilled", {
  scale: (on, ratio) => {
    const step = scale(on, ratio)
    return (samples, x, buffer) => {
      const after = step(samples, x, { ...buffer, steps: 0 })
      return { ...after, buffer: { ...after.buffer, steps: buffer.steps + 1 } }
    }
  },
})

/** A buffer that loses its digits at every step. */
export const droppedDigits = scaling("a buffer that forgets", {
  scale: (on, ratio) => {
    const step = scale(on, ratio)
    return (samples, x, buffer) => step(samples, x, { ...buffer, digits: on.minus(buffer.digits, buffer.digits) })
  },
})

/** Rounds x n/d to the grid, where two values may have the same result. */
export const roundedScaling = scaling("a scaling that rounds", {
  scale: (on, { n, d }) => {
    const step = scale(on, { n, d })
    return (samples, x, buffer) => ({
      ...step(samples, x, buffer),
      x: on.quantize(on.times(new Array<number>(samples).fill(n / d), x)),
    })
  },
})

/** Scales by d/n instead of n/d. */
export const turnedRatio = scaling("a scaling by the inverse ratio", {
  scale: (on, { n, d }) => {
    const step = scale(on, { n, d })
    return (samples, x, buffer) => ({ ...step(samples, x, buffer), x: on.plus(x, x) })
  },
})
