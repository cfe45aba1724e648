/**
 * BDIA's arithmetic on tensors whose leading axis is the batch.
 */
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { Grid } from "../exact/Grid.ts"
import type { PerSample, Space } from "../exact/Space.ts"
import { hasKernel, runKernel } from "./kernels/own.ts"
import { Plane } from "./Plane.ts"
import { float32TensorSide } from "./tensorSide.ts"
import { tf } from "./tf.ts"

// --------------------------------------------------------- constructors

/** The space of float32 tensors `[batch, ...]` with `fractionBits` fraction bits (the paper uses 9). */
export const tensorSpace = (fractionBits: number): Space<tf.Tensor, Plane> => {
  const grid = Grid.make(fractionBits)
  // Adding 0 makes every zero +0 on the cpu, wasm, TensorFlow and WebGPU backends; it must not be folded away.
  const oneZero = (x: tf.Tensor): tf.Tensor => tf.add(x, 0)
  const fromSteps = (k: tf.Tensor): tf.Tensor => oneZero(tf.mul(tf.round(k), grid.step))
  return {
    grid,
    quantize: (y) => tf.tidy(() => fromSteps(tf.mul(floating(y), grid.scale))),
    // The scale 2^l rides on the coefficients: multiplying by a power of two commutes with every rounding.
    drift: (gamma, x, h) => {
      const own = gamma.map((g) => (1 - g) * grid.scale)
      const change = gamma.map((g) => (1 + g) * grid.scale)
      if (hasKernel("BijouDrift")) {
        checkSamples(gamma, x)
        return runKernel("BijouDrift", { x, h: alike(h, x) }, { own, change, step: gamma.map(() => grid.step) })
      }
      return tf.tidy(() =>
        fromSteps(tf.add(tf.mul(x, coefficients(own, x)), tf.mul(alike(h, x), coefficients(change, x)))),
      )
    },
    plus: (x, y) => tf.add(x, alike(y, x)),
    minus: (x, y) => tf.sub(x, alike(y, x)),
    times: (perSample, x) => tf.tidy(() => tf.mul(x, coefficients(perSample, x))),
    parity: (x) => Plane.ofParities(x, fractionBits),
    lift: (x, plane) => shift(x, plane, grid.step) ?? tf.tidy(() => tf.add(x, Plane.toSteps(plane, fractionBits))),
    lower: (x, plane) =>
      shift(x, plane, -grid.step) ?? tf.tidy(() => oneZero(tf.sub(x, Plane.toSteps(plane, fractionBits)))),
    bit: Plane.side(fractionBits),
    value: float32TensorSide(fractionBits),
  }
}

/** x + s `by` in one kernel, where the backend has one. */
const shift = (x: tf.Tensor, plane: Plane, by: number): tf.Tensor | null => {
  if (!sameShape(plane.shape, x.shape))
    throw new ShapeMismatch(
      `A plane of shape [${plane.shape.join(", ")}] does not fit activations of shape [${x.shape.join(", ")}]. Use the plane of this block.`,
    )
  return plane.packed.dtype === "int32" ? runKernel("BijouShift", { x, words: plane.packed }, { by }) : null
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
      `Activations of shape [${x.shape.join(", ")}] met [${y.shape.join(", ")}]. A residual returns the shape of its input.`,
    )
  return y
}

const sameShape = (x: ReadonlyArray<number>, y: ReadonlyArray<number>): boolean =>
  x.length === y.length && x.every((size, i) => size === y[i])
