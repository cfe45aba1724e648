/**
 * The Gaussian error linear unit. Hendrycks and Gimpel 2016.
 */
import { dispatch } from "../tensor/kernels/dispatch.ts"
import { gelu as kernel, geluGrad, type GeluForm } from "../tensor/kernels/spec/gelu.ts"
import { tf } from "../tensor/tf.ts"

// --------------------------------------------------------- constructors

/** Computes the activation of x without a tape. */
export const activate = (x: tf.Tensor, form: GeluForm): tf.Tensor =>
  x.dtype === "float32" ? dispatch(kernel, { x }, { form }) : kernel.composed({ x }, { form })

/** Computes its gradient at x. */
const pullActivation = (x: tf.Tensor, dy: tf.Tensor, form: GeluForm): tf.Tensor =>
  x.dtype === "float32" ? dispatch(geluGrad, { x, dy }, { form }) : geluGrad.composed({ x, dy }, { form })

/** Computes the activation with a gradient for tfjs; the tape saves x. */
const taped = (form: GeluForm) =>
  tf.customGrad((x, save) => {
    const keep = save as unknown as (tensors: tf.Tensor[]) => void // tfjs passes its own function after the inputs
    const input = x as tf.Tensor // the one input
    keep([input])
    return {
      value: activate(input, form),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [a] = saved as [tf.Tensor] // as it was kept
        return pullActivation(a, dy, form)
      },
    }
  })

// ------------------------------------------------------------ instances

/** x Phi(x), with the exact erf: Phi(x) = (1 + erf(x / sqrt 2)) / 2; its derivative is Phi(x) + x phi(x). */
export const gelu = taped("erf")

/**
 * GELU by tanh, as in GPT-2: x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, within 5e-4 of `gelu`. Its derivative is
 * (1 + t) / 2 + x (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2) / 2.
 */
export const geluTanh = taped("tanh")
