/** `BijouAttention` on TensorFlow; see the wasm kernel of this name. */
import { attend, reach } from "./attention.ts"
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAttention = onTensorflow("BijouAttention", {
  library: ({ give, input, run }, attrs) => give(run("BijouAttention", [input("qkv")], reach(attrs))),
  stock: (operations, attrs) => {
    const { batchMatMul, reshape, transpose } = float(operations)
    const { v, weights, sizes } = attend(operations, operations.input("qkv"), attrs)
    const { batch, time, heads, size } = sizes
    const merged = transpose(batchMatMul(weights, v), [0, 2, 1, 3])
    return operations.give(reshape(merged, [batch, time, heads * size]))
  },
})
