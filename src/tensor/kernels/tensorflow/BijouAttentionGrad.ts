/**
 * `BijouAttentionGrad` on TensorFlow; see the wasm kernel of this name. Stock operations take `q`, `k`, `v` and `weights` in place of `qkv`.
 *
 * The scale rides on dy, which is smaller than the scores.
 */
import { reach, scaleOf } from "./attention.ts"
import { float } from "./float.ts"
import { onTensorflow, type Handle } from "./operations.ts"

export const bijouAttentionGrad = onTensorflow("BijouAttentionGrad", {
  library: ({ give, input, run }, attrs) => give(run("BijouAttentionGrad", [input("qkv"), input("dy")], reach(attrs))),
  stock: (operations) => {
    const { give, hold, input, letGo } = operations
    const { matMul, mul, number, pack, reshape, sub, sum, transpose } = float(operations)
    const [q, k, v, weights] = ["q", "k", "v", "weights"].map(input) as [Handle, Handle, Handle, Handle] // four names
    const [batch = 1, heads = 1, time = 1, size = 1] = q.shape
    const d = hold(transpose(reshape(input("dy"), [batch, time, heads, size]), [0, 2, 1, 3]))
    const dv = matMul(weights, d, true)
    const toWeights = hold(matMul(mul(letGo(d), number(scaleOf(q))), v, false, true))
    const average = sum(mul(weights, toWeights), [-1], true)
    const toScores = hold(mul(weights, sub(letGo(toWeights), average)))
    const parts = pack([matMul(toScores, k), matMul(letGo(toScores), q, true), dv])
    return give(reshape(transpose(parts, [1, 3, 0, 2, 4]), [batch, time, 3 * heads * size]))
  },
})
