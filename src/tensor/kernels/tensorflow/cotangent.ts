/**
 * `BijouCotangent` on TensorFlow: the cotangents of a block's input, g dn and (dx + (1-g) dn) + jx, in this order of additions.
 *
 * Inputs `dx`, `dn`, `jx` (float32 [batch, ...]); attribute `gamma`, one for each sample.
 */
import { float } from "./float.ts"
import { numbers, perSample, table } from "./grid.ts"
import { onTensorflow } from "./operations.ts"

export const bijouCotangent = onTensorflow("BijouCotangent", {
  library: (operations, attrs) => {
    const { give, input, runForAll } = operations
    const gamma = numbers(attrs, "gamma")
    const coefficients = table(operations, gamma, rest(gamma))
    return runForAll("BijouCotangent", [...["dx", "dn", "jx"].map(input), coefficients], 2).map(give)
  },
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { addAll, mul } = float(operations)
    const [dn, gamma] = [input("dn"), numbers(attrs, "gamma")]
    const straight = mul(dn, perSample(operations, rest(gamma), dn))
    return [give(mul(dn, perSample(operations, gamma, dn))), give(addAll([input("dx"), straight, input("jx")]))]
  },
})

const rest = (gamma: ReadonlyArray<number>): ReadonlyArray<number> => gamma.map((g) => 1 - g)
