/**
 * The symmetric layer of a Hamiltonian network: step K^T tanh(K x + b), with the same K twice.
 *
 * Chang, Meng, Haber, Ruthotto, Begert, Holtham, "Reversible Architectures for Arbitrarily Deep Residual Neural
 * Networks" (AAAI 2018), equation 11. A coupling of two such layers, of steps h and -h, is its two-stream block:
 *
 *     y' = y + h K1^T tanh(K1 z + b1)
 *     z' = z - h K2^T tanh(K2 y' + b2)
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { tf } from "../tensor/tf.ts"
import { multiply } from "./multiply.ts"

// ---------------------------------------------------------------- model

/** K and b, stored by rows: x times `kernel` is K x. */
export interface HamiltonianParams {
  /** `[width, hidden]` */
  readonly kernel: tf.Tensor
  /** `[hidden]` */
  readonly bias: tf.Tensor
}

/** The symmetric layer of a Hamiltonian network: step K^T tanh(K x + b). */
export const Hamiltonian = {
  // -------------------------------------------------------- constructors

  /** Normal kernel of the given deviation, zero bias. */
  params: (width: number, hidden: number, deviation = 0.02): Params<HamiltonianParams> =>
    Params.struct<HamiltonianParams>({
      kernel: tensor.normal([width, hidden], deviation),
      bias: tensor.zeros([hidden]),
    }),

  /** Makes the layer on `[..., width]`, whose value is multiplied by `step`. */
  make: (
    width: number,
    hidden: number,
    step: number,
    deviation?: number,
  ): Layer<HamiltonianParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Hamiltonian.params(width, hidden, deviation), (params, x: tf.Tensor) =>
      Hamiltonian.apply(step, params, x),
    ),

  // --------------------------------------------------------- combinators

  /** Computes step K^T tanh(K x + b), from `[..., width]` to the same shape. */
  apply: (step: number, { kernel, bias }: HamiltonianParams, x: tf.Tensor): tf.Tensor =>
    multiply(tf.tanh(multiply(x, kernel).add(bias)).mul(step), tf.transpose(kernel)),
}
