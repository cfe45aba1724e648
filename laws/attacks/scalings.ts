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

/** A buffer that is never full, and so runs out of float32's 24 bits. */
export const overflowingBuffer = scaling("a buffer that is never spilled", {
  scale: (on, ratio) => {
    const step = scale(on, ratio)
    return (samples, x, buffer) => {
      const after = step(samples, x, { ...buffer, steps: 0 })
      return { ...after, buffer: { ...after.buffer, steps: buffer.steps + 1 } }
    }
  },
})

/** A buffer whose digits are forgotten at every step. */
export const droppedDigits = scaling("a buffer that forgets", {
  scale: (on, ratio) => {
    const step = scale(on, ratio)
    return (samples, x, buffer) => step(samples, x, { ...buffer, digits: on.minus(buffer.digits, buffer.digits) })
  },
})

/** n/d, rounded onto the grid, which two values may share. */
export const roundedScaling = scaling("a scaling that rounds", {
  scale: (on, { n, d }) => {
    const step = scale(on, { n, d })
    return (samples, x, buffer) => ({
      ...step(samples, x, buffer),
      x: on.quantize(on.times(new Array<number>(samples).fill(n / d), x)),
    })
  },
})

/** Scaling by n/d that scales by d/n. */
export const turnedRatio = scaling("a scaling the wrong way", {
  scale: (on, { n, d }) => {
    const step = scale(on, { n, d })
    return (samples, x, buffer) => ({ ...step(samples, x, buffer), x: on.plus(x, x) })
  },
})
