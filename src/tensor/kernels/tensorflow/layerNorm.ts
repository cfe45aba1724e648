/**
 * `BijouLayerNorm` on TensorFlow; see the wasm kernel of this name. Stock operations also give y = (x - mean) r, in the shape of x, and
 * r = 1 / sqrt(variance + 1e-5), one for each row, which are cheaper kept than made again.
 */
import { float } from "./float.ts"
import { LONG } from "../wasm/rows.ts"
import { onTensorflow } from "./operations.ts"

export const bijouLayerNorm = onTensorflow("BijouLayerNorm", {
  library: ({ give, input, run }) => give(run("BijouLayerNorm", ["x", "gain", "bias"].map(input))),
  stock: (operations) => {
    const { give, hold, input, letGo } = operations
    const { add, mean, mul, number, rsqrt, square, sub } = float(operations)
    const x = input("x")
    const rough = hold(sub(x, mean(x, [-1], true)))
    const isLong = (x.shape.at(-1) ?? 1) > LONG
    const rest = isLong ? mean(rough, [-1], true) : null
    const centered = rest === null ? rough : hold(sub(letGo(rough), rest))
    const r = hold(rsqrt(add(mean(square(centered), [-1], true), number(1e-5))))
    const y = hold(mul(letGo(centered), r))
    return [add(mul(y, input("gain")), input("bias")), y, r].map(give)
  },
})
