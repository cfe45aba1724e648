/** Numbers of a step of BDIA that differ from sample to sample, and what the composed kernels of a step share. */
import { tf } from "../../tf.ts"
import { alike, perSample, type Inputs as Checked } from "./checks.ts"
import type { One } from "./Kernel.ts"

// ---------------------------------------------------------------- model

/** One number for each place on the leading axis. */
export type PerSample = readonly number[]

/** What a block adds: x and h with their coefficients, (1-g) 2^l and (1+g) 2^l, and the grid's step 2^-l. */
export interface DriftAttributes {
  readonly own: PerSample
  readonly change: PerSample
  readonly step: number
}

/** A step of BDIA: also g for each sample, and the grid's scale 2^l. */
export interface StepAttributes extends DriftAttributes {
  readonly gamma: PerSample
  readonly scale: number
}

// ----------------------------------------------------------- combinators

/** Checks float32 activations of one shape, and attributes with one number for each sample. Returns the first input. */
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

/** One coefficient for each sample, shaped to broadcast over the other axes of x. */
export const coefficients = (numbers: PerSample, x: tf.Tensor): tf.Tensor =>
  tf.tensor([...numbers], [numbers.length, ...x.shape.slice(1).map(() => 1)], "float32")

/** The same numbers, every zero +0. Adding 0 does so on the cpu, wasm, TensorFlow and WebGPU backends; it must not be folded away. */
export const oneZero = (x: tf.Tensor): tf.Tensor => tf.add(x, 0)
