/**
 * `BijouLayerNormGrad` on TensorFlow; see the wasm kernel of this name. Stock operations take `y` and `r` in place of `x`:
 * with d = dy gain, dx = r (d - mean(d) - y mean(d y)).
 */
import { float } from "./float.ts"
import { onTensorflow, type Handle } from "./operations.ts"

export const bijouLayerNormGrad = onTensorflow("BijouLayerNormGrad", {
  library: ({ give, input, runForAll }) => runForAll("BijouLayerNormGrad", ["x", "gain", "dy"].map(input), 3).map(give),
  stock: (operations) => {
    const { give, hold, input, letGo } = operations
    const { columnSums, mean, mul, sub } = float(operations)
    const [y, r, gain, dy] = ["y", "r", "gain", "dy"].map(input) as [Handle, Handle, Handle, Handle] // four names
    const dgain = columnSums(mul(dy, y))
    const d = hold(mul(dy, gain))
    const along = mul(y, mean(mul(d, y), [-1], true))
    const average = mean(d, [-1], true)
    const slope = sub(sub(letGo(d), average), along)
    return [mul(slope, r), dgain, columnSums(dy)].map(give)
  },
})
