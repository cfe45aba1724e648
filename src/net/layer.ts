/**
 * A layer from its parameters and a function of plain TensorFlow.js.
 */
import type { option as O } from "fp-ts"
import type { Draw } from "../core/Draw.ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import type { tf } from "../tensor/tf.ts"

/**
 * Makes a layer from tensor to tensor. `params` has the initial values by name, `f` computes the output from the
 * parameters and the input `[batch, ...]`; TensorFlow.js differentiates it. `f` must depend on its arguments alone:
 * random numbers come from `draw`, which is `none` at inference.
 *
 * ```ts
 * import { layer } from "bijou/net"
 * import { tensor } from "bijou/tensor"
 *
 * const dense = layer({ w: tensor.normal([64, 64], 0.1) }, ({ w }, x) => x.matMul(w).tanh())
 * Object.keys(dense) // => [ 'params', 'apply', 'vjp' ]
 * ```
 */
export const layer = <R extends object>(
  params: { readonly [K in keyof R]: Params<R[K]> },
  f: (params: R, x: tf.Tensor, draw: O.Option<Draw>) => tf.Tensor,
): Layer<R, tf.Tensor, tf.Tensor> => fromTfjs(Params.struct<R>(params), f)
