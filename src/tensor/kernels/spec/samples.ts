/** The per-sample numbers of a BDIA step, and code that its composed kernels share. */
import { tf } from "../../tf.ts"
import { alike, perSample, type Inputs as Checked } from "./checks.ts"
import type { One } from "./Kernel.ts"

// ---------------------------------------------------------------- model

/** One number for each position on the leading axis. */
export type PerSample = readonly number[]

/**
 * The attributes of what a block adds: the coefficients (1-g) 2^l of x and (1+g) 2^l of h, and the grid's step 2^-l.
 */
export interface DriftAttributes {
  readonly own: PerSample
  readonly change: PerSample
  readonly step: number
}

/** The attributes of a BDIA step: also g for each sample, and the grid's scale 2^l. */
export interface StepAttributes extends DriftAttributes {
  readonly gamma: PerSample
  readonly scale: number
}

// ----------------------------------------------------------- combinators

/**
 * Checks that the activations are float32 of one shape and that the attributes have one number per sample. Returns the
 * first input.
 */
export const checkStep = <N extends string>(
  call: Checked<N>,
  inputs: readonly [N, ...N[]],
  attributes: Readonly<Record<string, PerSample>>,
): One => {
  const [first, ...others] = inputs
  const x = alike(call, first, ...others)
  perSample(call.layer, x, attributes)
  return x
}

/** Returns one coefficient per sample, shaped to broadcast over the other axes of x. */
export const coefficients = (numbers: PerSample, x: tf.Tensor): tf.Tensor =>
  tf.tensor([...numbers], [numbers.length, ...x.shape.slice(1).map(() => 1)], "float32")

/**
 * Returns x with every zero +0. Adding 0 does this on the cpu, wasm, TensorFlow and WebGPU backends, so it must not be
 * folded away.
 */
export const oneZero = (x: tf.Tensor): tf.Tensor => tf.add(x, 0)
