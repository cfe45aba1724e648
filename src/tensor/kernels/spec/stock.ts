/** Kernels of TensorFlow.js as contracts, so that their replacements and their shapes are typed as custom kernels are. */
import type { tf } from "../../tf.ts"
import type { Contract, One, Outputs } from "./Kernel.ts"

/** The inputs `I` of an operation, all of which the engine passes on. */
type Infos<I> = { readonly [K in keyof I]-?: tf.TensorInfo }

/** A kernel of TensorFlow.js by its name. */
export const stock = <I extends object, A extends object, O extends Outputs = One>(
  name: string,
): Contract<Infos<I>, A, O> => ({
  name,
})
