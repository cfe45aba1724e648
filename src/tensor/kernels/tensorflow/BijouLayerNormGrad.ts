/**
 * `BijouLayerNormGrad` on TensorFlow; see the wasm kernel of this name. Stock operations take `y` and `r` in place of `x`:
 * dx = r (dy gain - mean(dy gain) - y mean(dy y gain)), where a mean is a product with gain / width.
 */
import { float, rowsOf } from "./float.ts"
import { onTensorflow, type Handle } from "./operations.ts"

export const bijouLayerNormGrad = onTensorflow("BijouLayerNormGrad", {
  library: ({ give, input, runForAll }) => runForAll("BijouLayerNormGrad", ["x", "gain", "dy"].map(input), 3).map(give),
  stock: (operations) => {
    const { give, hold, input, letGo } = operations
    const { columnSums, matMul, mul, number, reshape, sub } = float(operations)
    const [y, r, gain, dy] = ["y", "r", "gain", "dy"].map(input) as [Handle, Handle, Handle, Handle] // four names
    const width = rowsOf(y)[1]
    const share = hold(reshape(mul(gain, number(1 / width)), [width, 1]))
    const mean = (x: Handle) => matMul(x, share)
    const along = hold(mul(dy, y))
    const dgain = columnSums(along)
    const slope = sub(sub(mul(dy, gain), mean(dy)), mul(y, mean(letGo(along))))
    return [mul(slope, r), dgain, columnSums(dy)].map(give)
  },
})
