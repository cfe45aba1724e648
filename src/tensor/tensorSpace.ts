/**
 * BDIA's arithmetic on tensors whose leading axis is the batch.
 */
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { sameShape } from "../exact/frame.ts"
import { Grid } from "../exact/Grid.ts"
import { Space, type PerSample } from "../exact/Space.ts"
import { hasKernel, runKernel, runKernelForAll } from "./kernels/own.ts"
import { Plane } from "./Plane.ts"
import { tensorScope } from "./tensorScope.ts"
import { float32TensorSide } from "./tensorSide.ts"
import { tf } from "./tf.ts"

// --------------------------------------------------------- constructors

/** The space of float32 tensors `[batch, ...]` with `fractionBits` fraction bits (the paper uses 9). */
export const tensorSpace = (fractionBits: number): Space<tf.Tensor, Plane> => {
  const grid = Grid.make(fractionBits)
  const { scale, step } = grid
  // Adding 0 makes every zero +0 on the cpu, wasm, TensorFlow and WebGPU backends; it must not be folded away.
  const oneZero = (x: tf.Tensor): tf.Tensor => tf.add(x, 0)
  const fromSteps = (k: tf.Tensor): tf.Tensor => oneZero(tf.mul(tf.round(k), step))
  // The scale 2^l rides on the coefficients: multiplying by a power of two commutes with every rounding.
  const drawn = (gamma: PerSample) => ({
    own: gamma.map((g) => (1 - g) * scale),
    change: gamma.map((g) => (1 + g) * scale),
  })
  const space = Space.make<tf.Tensor, Plane>({
    grid,
    quantize: (y) =>
      hasKernel("BijouQuantize")
        ? runKernel("BijouQuantize", { x: floating(y) }, { scale: [scale], step: [step] })
        : tf.tidy(() => fromSteps(tf.mul(floating(y), scale))),
    drift: (gamma, x, h) => {
      const { own, change } = drawn(gamma)
      if (hasKernel("BijouDrift")) {
        checkSamples(gamma, x)
        return runKernel("BijouDrift", { x, h: alike(h, x) }, { own, change, step: gamma.map(() => step) })
      }
      return tf.tidy(() =>
        fromSteps(tf.add(tf.mul(x, coefficients(own, x)), tf.mul(alike(h, x), coefficients(change, x)))),
      )
    },
    plus: (x, y) => tf.add(x, alike(y, x)),
    minus: (x, y) => tf.sub(x, alike(y, x)),
    times: (perSample, x) => {
      checkSamples(perSample, x)
      return hasKernel("BijouTimes")
        ? runKernel("BijouTimes", { x }, { factor: perSample })
        : tf.tidy(() => tf.mul(x, coefficients(perSample, x)))
    },
    parity: (x) => Plane.ofParities(x, fractionBits),
    lift: (x, plane) => shift(x, plane, step) ?? tf.tidy(() => tf.add(x, Plane.toSteps(plane, fractionBits))),
    lower: (x, plane) =>
      shift(x, plane, -step) ?? tf.tidy(() => oneZero(tf.sub(x, Plane.toSteps(plane, fractionBits)))),
    divide: (divisor, x) =>
      tensorScope.within(() => {
        const k = tf.mul(x, scale)
        const remainder = oneZero(tf.mod(k, divisor))
        // A multiple times the reciprocal is less than half from the quotient, so no backend's division is asked for.
        const quotient = tf.round(tf.mul(tf.sub(k, remainder), Math.fround(1 / divisor)))
        return [oneZero(tf.mul(quotient, step)), tf.mul(remainder, step)] as const
      }),
    bit: Plane.side(fractionBits),
    value: float32TensorSide(fractionBits),
  })
  return {
    ...space,
    update: (gamma, previous, x, h) => {
      if (!hasKernel("BijouUpdate")) return tensorScope.within(() => space.update(gamma, previous, x, h))
      checkSamples(gamma, x)
      const inputs = { previous: alike(previous, x), x, h: alike(h, x) }
      const [next, packed] = runKernelForAll("BijouUpdate", inputs, { gamma, ...drawn(gamma), scale, step }) as Two
      return [next, { packed, shape: x.shape }]
    },
    restore: (gamma, x, next, h, plane) => {
      checkPlane(plane, x)
      if (!hasKernel("BijouInverse") || plane.packed.dtype !== "int32")
        return tensorScope.within(() => space.restore(gamma, x, next, h, plane))
      checkSamples(gamma, x)
      const inputs = { x, next: alike(next, x), h: alike(h, x), words: plane.packed }
      return runKernel("BijouInverse", inputs, { gamma, ...drawn(gamma), scale, step })
    },
    cotangents: (gamma, dx, dn, jx) => {
      if (!hasKernel("BijouCotangent")) return tensorScope.within(() => space.cotangents(gamma, dx, dn, jx))
      checkSamples(gamma, dx)
      return runKernelForAll("BijouCotangent", { dx, dn: alike(dn, dx), jx: alike(jx, dx) }, { gamma }) as Two
    },
  }
}

/** Both outputs of a kernel that has two. */
type Two = [tf.Tensor, tf.Tensor]

/** x + s `by` in one kernel, where the backend has one. */
const shift = (x: tf.Tensor, plane: Plane, by: number): tf.Tensor | null => {
  checkPlane(plane, x)
  return plane.packed.dtype === "int32" ? runKernel("BijouShift", { x, words: plane.packed }, { by }) : null
}

const checkPlane = (plane: Plane, x: tf.Tensor): void => {
  if (!sameShape(plane.shape, x.shape))
    throw new ShapeMismatch(
      `A plane of shape [${plane.shape.join(", ")}] does not fit activations of shape [${x.shape.join(", ")}]. Use the plane of this block.`,
    )
}

/** One coefficient for every sample, shaped to spread over the other axes. */
const coefficients = (perSample: PerSample, x: tf.Tensor): tf.Tensor => {
  checkSamples(perSample, x)
  return tf.tensor([...perSample], [perSample.length, ...x.shape.slice(1).map(() => 1)], "float32")
}

const checkSamples = (perSample: PerSample, x: tf.Tensor): void => {
  if (x.rank === 0 || x.shape[0] !== perSample.length)
    throw new ShapeMismatch(
      `Activations of shape [${x.shape.join(", ")}] met ${perSample.length} sample ids. Name one sample id for each place on the leading axis.`,
    )
}

const floating = (y: tf.Tensor): tf.Tensor => {
  if (y.dtype !== "float32")
    throw new ShapeMismatch(`Activations are float32, but ${y.dtype} was given. Cast it with toFloat().`)
  return y
}

const alike = (y: tf.Tensor, x: tf.Tensor): tf.Tensor => {
  if (!sameShape(x.shape, y.shape))
    throw new ShapeMismatch(
      `Activations of shape [${x.shape.join(", ")}] met [${y.shape.join(", ")}]. A residual returns the shape of what it is added to: that of its input, or in a coupling that of the other half.`,
    )
  return y
}
