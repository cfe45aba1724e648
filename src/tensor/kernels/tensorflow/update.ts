/**
 * `BijouUpdate` on TensorFlow: next = g (previous + s 2^-l) + Q, with the parities s packed, in one pass.
 *
 * Inputs `previous`, `x`, `h` (float32 [batch, ...]); attributes `gamma`, `own`, `change` (one for each sample), `scale` (2^l) and `step` (2^-l).
 * Outputs next and the words.
 */
import { float } from "./float.ts"
import { numbers, oneZero, packed, parities, perSample, rounded, table } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouUpdate = onTensorflow("BijouUpdate", {
  library: (operations, attrs) => {
    const { give, input, runForAll } = operations
    const coefficients = table(operations, ...["own", "change", "gamma"].map((name) => numbers(attrs, name)))
    const scale = attribute.float("scale", Number(attrs["scale"]))
    return runForAll("BijouUpdate", [...["previous", "x", "h"].map(input), coefficients], 2, [scale]).map(give)
  },
  stock: (operations, attrs) => {
    const { give, hold, input, letGo } = operations
    const { add, mul, number, toFloat } = float(operations)
    const [previous, step] = [input("previous"), Number(attrs["step"])]
    const parity = hold(parities(operations, previous, Number(attrs["scale"])))
    const words = packed(operations, parity)
    const lifted = add(previous, mul(toFloat(letGo(parity)), number(step)))
    const q = oneZero(operations, rounded(operations, input("x"), input("h"), attrs, step))
    return [give(add(mul(lifted, perSample(operations, attrs["gamma"], previous)), q)), give(words)]
  },
})
