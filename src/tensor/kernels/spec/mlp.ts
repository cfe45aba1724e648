/** The two-layer MLP of a transformer as one kernel, and its gradient. */
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { dispatch } from "../dispatch.ts"
import { biasGrad } from "./addBias.ts"
import { affine } from "./affine.ts"
import { fitting, float, leading, weighing, widthOf } from "./checks.ts"
import { gelu, geluGrad, type GeluAttributes } from "./gelu.ts"
import type { Kernel, One } from "./Kernel.ts"
import { multiply, weightGrad } from "./multiply.ts"
import { alike as like, fresh, isStock, rowsOf, type Made } from "./Outcome.ts"

// ---------------------------------------------------------------- model

/**
 * The inputs. `x` is `[..., inputs]`, `w1` is `[inputs, hidden]`, `b1` is `[hidden]`, `w2` is `[hidden, outputs]`, and
 * `b2` is `[outputs]`.
 */
interface Inputs {
  readonly x: One
  readonly w1: One
  readonly b1: One
  readonly w2: One
  readonly b2: One
}

/** The inputs of the gradient. `a` and `sum` are outputs of the kernel; `dy` is `[..., outputs]`. */
interface GradientInputs {
  readonly x: One
  readonly a: One
  readonly sum?: One
  readonly w1: One
  readonly w2: One
  readonly dy: One
}

// ------------------------------------------------------------ instances

/**
 * Computes W2 gelu(W1 x + b1) + b2 and what the gradient needs: a = W1 x + b1. TensorFlow's stock operations return a'
 * = a / sqrt 2 and 1 + erf a' instead.
 */
export const mlp: Kernel<Inputs, GeluAttributes, readonly [value: One, a: One, sum?: One]> = {
  name: "BijouMlp",
  layer: "Mlp",
  check: (call) => {
    const hidden = weighing(call, "w1", "x", widthOf(float(call, "x")))
    fitting(call, "b1", [hidden], "w1")
    fitting(call, "b2", [weighing(call, "w2", "w1", hidden)], "w2")
  },
  outcome: (inputs, _attributes, target) => {
    const { hidden, outputs, operations } = sizes(inputs)
    const made = (width: number): Made => fresh([...leading(inputs.x), width])
    const all = [made(outputs), made(hidden)]
    return { outputs: isStock(target) ? [...all, made(hidden)] : all, operations }
  },
  composed: ({ x, w1, b1, w2, b2 }, attributes) => {
    const a = dispatch(affine, { x, weight: w1, bias: b1 })
    const value = tf.tidy(() => dispatch(affine, { x: dispatch(gelu, { x: a }, attributes), weight: w2, bias: b2 }))
    return [value, a]
  },
}

/** Computes the gradients with respect to all five inputs, in their order. */
export const mlpGrad: Kernel<
  GradientInputs,
  GeluAttributes,
  readonly [dx: One, dw1: One, db1: One, dw2: One, db2: One]
> = {
  name: "BijouMlpGrad",
  layer: "The gradient of Mlp",
  check: (call) => {
    const x = float(call, "x")
    const hidden = weighing(call, "w1", "x", widthOf(x))
    fitting(call, "a", [...leading(x), hidden], "x")
    fitting(call, "dy", [...leading(x), weighing(call, "w2", "w1", hidden)], "x")
    if (call.inputs.sum !== undefined) fitting(call, "sum", [...leading(x), hidden], "x")
  },
  outcome: (inputs) => {
    const { hidden, outputs, operations } = sizes(inputs)
    const { x, w1, w2 } = inputs
    return { outputs: [like(x), like(w1), fresh([hidden]), like(w2), fresh([outputs])], operations: 2 * operations }
  },
  composed: ({ x, a: given, sum, w1, w2, dy }, attributes) =>
    tf.tidy(() => {
      const a = sum === undefined ? given : tf.mul(given, Math.SQRT2)
      const back = dispatch(multiply, { x: dy, weight: w2 }, { transposed: true })
      const da = dispatch(geluGrad, { x: a, dy: back }, attributes)
      return [
        dispatch(multiply, { x: da, weight: w1 }, { transposed: true }),
        dispatch(weightGrad, { x, dy: da }),
        dispatch(biasGrad, { dy: da }),
        dispatch(weightGrad, { x: dispatch(gelu, { x: a }, attributes), dy }),
        dispatch(biasGrad, { dy }),
      ] as const
    }),
}

const sizes = ({ x, w1, w2 }: { readonly x: One; readonly w1: One; readonly w2: One }) => {
  const [hidden = 1, outputs = 1] = w2.shape
  return { hidden, outputs, operations: 2 * rowsOf(x.shape)[0] * (sizeOf(w1.shape) + sizeOf(w2.shape)) }
}
