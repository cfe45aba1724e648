/**
 * `BijouAttention` on TensorFlow; see the wasm kernel of this name. Stock operations also give queries, keys, values and weights, which are
 * cheaper kept than made again.
 */
import { attend, reach } from "./attention.ts"
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAttention = onTensorflow("BijouAttention", {
  library: ({ give, input, run }, attrs) => give(run("BijouAttention", [input("qkv")], reach(attrs))),
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { matMul, reshape, transpose } = float(operations)
    const qkv = input("qkv")
    const [q, k, v, weights] = attend(operations, qkv, attrs)
    const merged = transpose(matMul(weights, v), [0, 2, 1, 3])
    const mixed = reshape(merged, [...qkv.shape.slice(0, 2), (qkv.shape[2] ?? 3) / 3])
    return [mixed, q, k, v, weights].map(give)
  },
})
