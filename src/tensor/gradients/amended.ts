/** Definitions for replacing a gradient of TensorFlow.js. */
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/**
 * A function from the cotangents of a kernel's outputs, its saved tensors and its attributes to the gradients by input.
 */
export type GradFunc = tf.GradFunc

/** A `GradFunc` of a kernel with the attributes `A`. */
export type Gradient<A> = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attributes: A) => ReturnType<tf.GradFunc>

/** A kernel and a function from TensorFlow.js's gradient of it to the correct one. */
export interface Amendment {
  readonly kernelName: string
  readonly amend: (stock: GradFunc) => GradFunc
  /** The inputs to save, if they differ from those of the stock gradient. */
  readonly inputsToSave?: string[]
}

// --------------------------------------------------------- constructors

/**
 * Makes an amendment for a kernel with the attributes `A`. Where the stock gradient is correct, `amend` may call it,
 * which keeps its bits.
 */
export const amended = <A extends object>(
  kernelName: string,
  amend: (stock: Gradient<A>) => Gradient<A>,
): Amendment => ({
  kernelName,
  // The engine passes the attributes that the kernel was called with.
  amend: (stock) => amend(stock as unknown as Gradient<A>) as unknown as GradFunc,
})

// ---------------------------------------------------------- destructors

/** Returns the cotangent of a kernel's first output. */
export const only = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor => saved([dy].flat(), 0)

/** Returns the saved tensor at index `i`. The kernel's gradient configuration defines their order. */
export const saved = (tensors: ReadonlyArray<tf.Tensor>, i: number): tf.Tensor => {
  const tensor = tensors[i]
  if (tensor === undefined)
    throw new Error(`A kernel saved ${tensors.length} tensors, but its gradient needs the one at index ${i}.`)
  return tensor
}
