/** `BijouAttentionGrad` on TensorFlow; see the wasm kernel of this name. */
import { attend, reach } from "./attention.ts"
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAttentionGrad = onTensorflow("BijouAttentionGrad", {
  library: ({ give, input, run }, attrs) => give(run("BijouAttentionGrad", [input("qkv"), input("dy")], reach(attrs))),
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { batchMatMul, mul, pack, reshape, sub, sum, transpose } = float(operations)
    const { q, k, v, weights, scale, sizes } = attend(operations, input("qkv"), attrs)
    const { batch, time, heads, size } = sizes
    const d = transpose(reshape(input("dy"), [batch, time, heads, size]), [0, 2, 1, 3])
    const dv = batchMatMul(weights, d, true)
    const toWeights = batchMatMul(d, v, false, true)
    const average = sum(mul(weights, toWeights), [-1], true)
    const toScores = mul(mul(weights, sub(toWeights, average)), scale)
    const parts = pack([batchMatMul(toScores, k), batchMatMul(toScores, q, true), dv])
    return give(reshape(transpose(parts, [1, 3, 0, 2, 4]), [batch, time, 3 * heads * size]))
  },
})
