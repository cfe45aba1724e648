/** How a gradient of TensorFlow.js is replaced. */
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** The gradients by input of a kernel, given the cotangents of its outputs, what it saved, and its attributes. */
export type GradFunc = tf.GradFunc

/** The same, of a kernel with the attributes `A`. */
export type Gradient<A> = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attributes: A) => ReturnType<tf.GradFunc>

/** A kernel, and its right gradient made of the one that TensorFlow.js has. */
export interface Amendment {
  readonly kernelName: string
  readonly amend: (stock: GradFunc) => GradFunc
  /** Where it saves other inputs than the stock one. */
  readonly inputsToSave?: string[]
}

// --------------------------------------------------------- constructors

/** `amend` may call the stock gradient where that is right, so that its bits stay; `A` are the attributes of the kernel. */
export const amended = <A extends object>(
  kernelName: string,
  amend: (stock: Gradient<A>) => Gradient<A>,
): Amendment => ({
  kernelName,
  // The engine hands on the attributes that the kernel was called with.
  amend: (stock) => amend(stock as unknown as Gradient<A>) as unknown as GradFunc,
})

// ---------------------------------------------------------- destructors

/** The cotangent of a kernel's first output. */
export const only = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor => saved([dy].flat(), 0)

/** A tensor that a kernel saved; its configuration says which those are. */
export const saved = (tensors: ReadonlyArray<tf.Tensor>, i: number): tf.Tensor => {
  const tensor = tensors[i]
  if (tensor === undefined)
    throw new Error(`A kernel saved ${tensors.length} tensors, and its gradient needs number ${i}.`)
  return tensor
}
