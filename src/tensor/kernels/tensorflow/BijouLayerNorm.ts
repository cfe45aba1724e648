/** `BijouLayerNorm` on TensorFlow; see the wasm kernel of this name. */
import { float } from "./float.ts"
import { onTensorflow, type Handle, type Operations } from "./operations.ts"

export const bijouLayerNorm = onTensorflow("BijouLayerNorm", {
  library: ({ give, input, run }) => give(run("BijouLayerNorm", ["x", "gain", "bias"].map(input))),
  stock: (operations) => {
    const { give, input } = operations
    const { add, mul } = float(operations)
    return give(add(mul(normalized(operations, input("x")).y, input("gain")), input("bias")))
  },
})

/** y = (x - mean) r, and r = 1 / sqrt(variance + 1e-5). */
export const normalized = (operations: Operations, x: Handle): { readonly y: Handle; readonly r: Handle } => {
  const { add, mean, mul, number, rsqrt, square, sub } = float(operations)
  const centered = sub(x, mean(x, [-1], true))
  const r = rsqrt(add(mean(square(centered), [-1], true), number(1e-5)))
  return { y: mul(centered, r), r }
}
