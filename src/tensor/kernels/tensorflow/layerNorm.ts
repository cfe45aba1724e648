/**
 * Layer normalization and its gradient.
 *
 * The stock operations also return y, in the shape of x, and r, one per row, and take them in place of x, because
 * saving them is cheaper than recomputing them.
 */
import { layerNorm, layerNormGrad, LONG } from "../spec/layerNorm.ts"
import { float } from "./float.ts"
import { onTensorflow, type TensorflowKernel } from "./operations.ts"

export const layerNormKernels: readonly TensorflowKernel[] = [
  onTensorflow(layerNorm, {
    library: ({ giveAll, inputs, run }) => giveAll([run("BijouLayerNorm", inputs("x", "gain", "bias"))]),
    stock: (operations) => {
      const { giveAll, hold, input, letGo } = operations
      const { add, mean, mul, number, rsqrt, square, sub } = float(operations)
      const x = input("x")
      const rough = hold(sub(x, mean(x, [-1], true)))
      const isLong = (x.shape.at(-1) ?? 1) > LONG
      const rest = isLong ? mean(rough, [-1], true) : null
      const centered = rest === null ? rough : hold(sub(letGo(rough), rest))
      const r = hold(rsqrt(add(mean(square(centered), [-1], true), number(1e-5))))
      const y = hold(mul(letGo(centered), r))
      return giveAll([add(mul(y, input("gain")), input("bias")), y, r])
    },
  }),
  onTensorflow(layerNormGrad, {
    library: ({ giveAll, inputs, runForAll }) => giveAll(runForAll("BijouLayerNormGrad", inputs("x", "gain", "dy"), 3)),
    stock: (operations) => {
      const { giveAll, hold, inputs, letGo } = operations
      const { columnSums, mean, mul, sub } = float(operations)
      const [y, r, gain, dy] = inputs("y", "r", "gain", "dy")
      const dgain = columnSums(mul(dy, y))
      const d = hold(mul(dy, gain))
      const along = mul(y, mean(mul(d, y), [-1], true))
      const average = mean(d, [-1], true)
      const slope = sub(sub(letGo(d), average), along)
      return giveAll([mul(slope, r), dgain, columnSums(dy)])
    },
  }),
]
