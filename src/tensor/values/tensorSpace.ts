/**
 * BDIA's arithmetic on tensors whose leading axis is the batch.
 */
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { sameShape } from "../../exact/frame.ts"
import { Grid } from "../../exact/Grid.ts"
import { Space, type PerSample } from "../../exact/Space.ts"
import { dispatch } from "../kernels/dispatch.ts"
import { cotangent } from "../kernels/spec/cotangent.ts"
import { drift } from "../kernels/spec/drift.ts"
import { inverse } from "../kernels/spec/inverse.ts"
import { quantize } from "../kernels/spec/quantize.ts"
import { oneZero } from "../kernels/spec/samples.ts"
import { shift } from "../kernels/spec/shift.ts"
import { times } from "../kernels/spec/times.ts"
import { update } from "../kernels/spec/update.ts"
import { isFromKernel, Plane } from "./Plane.ts"
import { tensorScope } from "./tensorScope.ts"
import { float32TensorSide } from "./tensorSide.ts"
import { tf } from "../tf.ts"

// --------------------------------------------------------- constructors

/** Makes the space of float32 tensors `[batch, ...]` with `fractionBits` fraction bits (the paper uses 9). */
export const tensorSpace = (fractionBits: number): Space<tf.Tensor, Plane> => {
  const grid = Grid.make(fractionBits)
  const { scale, step } = grid
  // The coefficients include the scale 2^l: multiplying by a power of two commutes with every rounding.
  const drawn = (gamma: PerSample) => ({
    own: gamma.map((g) => (1 - g) * scale),
    change: gamma.map((g) => (1 + g) * scale),
    step,
  })
  const space = Space.make<tf.Tensor, Plane>({
    grid,
    quantize: (y) => dispatch(quantize, { x: floating(y) }, { scale, step }),
    drift: (gamma, x, h) => {
      checkSamples(gamma, x)
      return dispatch(drift, { x, h: alike(h, x) }, drawn(gamma))
    },
    plus: (x, y) => tf.add(x, alike(y, x)),
    minus: (x, y) => tf.sub(x, alike(y, x)),
    times: (perSample, x) => {
      checkSamples(perSample, x)
      return dispatch(times, { x }, { factor: perSample })
    },
    parity: (x) => Plane.ofParities(x, fractionBits),
    lift: (x, plane) => shifted(x, plane, step),
    lower: (x, plane) => shifted(x, plane, -step),
    divide: (divisor, x) =>
      tensorScope.within(() => {
        const k = tf.mul(x, scale)
        const remainder = oneZero(tf.mod(k, divisor))
        // A multiple times the reciprocal differs from the quotient by less than half, so the result does not depend on
        // how a backend divides.
        const quotient = tf.round(tf.mul(tf.sub(k, remainder), Math.fround(1 / divisor)))
        return [oneZero(tf.mul(quotient, step)), tf.mul(remainder, step)] as const
      }),
    bit: Plane.side(fractionBits),
    value: float32TensorSide(fractionBits),
  })
  return {
    ...space,
    update: (gamma, previous, x, h) => {
      checkSamples(gamma, x)
      const inputs = { previous: alike(previous, x), x, h: alike(h, x) }
      const [next, packed] = dispatch(update, inputs, { gamma, ...drawn(gamma), scale })
      return [next, { packed, shape: x.shape }]
    },
    restore: (gamma, x, next, h, plane) => {
      checkPlane(plane, x)
      checkSamples(gamma, x)
      const inputs = { x, next: alike(next, x), h: alike(h, x), words: plane.packed }
      const attributes = { gamma, ...drawn(gamma), scale }
      return isFromKernel(plane) ? dispatch(inverse, inputs, attributes) : inverse.composed(inputs, attributes)
    },
    cotangents: (gamma, dx, dn, jx) => {
      checkSamples(gamma, dx)
      return dispatch(cotangent, { dx, dn: alike(dn, dx), jx: alike(jx, dx) }, { gamma })
    },
  }
}

/** Returns x + s `by`, where s are the parities in the plane. */
const shifted = (x: tf.Tensor, plane: Plane, by: number): tf.Tensor => {
  checkPlane(plane, x)
  const inputs = { x, words: plane.packed }
  return isFromKernel(plane) ? dispatch(shift, inputs, { by }) : shift.composed(inputs, { by })
}

const checkPlane = (plane: Plane, x: tf.Tensor): void => {
  if (!sameShape(plane.shape, x.shape))
    throw new ShapeMismatch(
      `A plane of shape [${plane.shape.join(", ")}] does not fit activations of shape [${x.shape.join(", ")}]. Use the plane of this block.`,
    )
}

const checkSamples = (perSample: PerSample, x: tf.Tensor): void => {
  if (x.rank === 0 || x.shape[0] !== perSample.length)
    throw new ShapeMismatch(
      `Activations of shape [${x.shape.join(", ")}] do not match ${perSample.length} sample ids. Pass one sample id for each position on the leading axis.`,
    )
}

const floating = (y: tf.Tensor): tf.Tensor => {
  if (y.dtype !== "float32")
    throw new ShapeMismatch(`Activations must be float32, not ${y.dtype}. Cast them with toFloat().`)
  return y
}

const alike = (y: tf.Tensor, x: tf.Tensor): tf.Tensor => {
  if (!sameShape(x.shape, y.shape))
    throw new ShapeMismatch(
      `Activations of shape [${x.shape.join(", ")}] do not match [${y.shape.join(", ")}]. A residual must return the shape of the tensor that it is added to: its input or, in a coupling, the other half.`,
    )
  return y
}
