/**
 * Attention forwards, to all tokens or to those that are seen. Stock operations also give queries, keys, values and weights, which are cheaper
 * kept than made again.
 */
import type { Tokens } from "../wasm/heads.ts"
import { attend, maskOf, reach } from "./heads.ts"
import { float } from "./float.ts"
import { onTensorflow, type TensorflowKernel } from "./operations.ts"

export const mixing = (kernelName: string, tokens: Tokens): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, run }, attrs) =>
      give(run(kernelName, ["qkv", ...maskOf(tokens)].map(input), reach(attrs))),
    stock: (operations, attrs) => {
      const { give, input } = operations
      const { matMul, reshape, transpose } = float(operations)
      const qkv = input("qkv")
      const [q, k, v, weights] = attend(operations, qkv, tokens, attrs)
      const merged = transpose(matMul(weights, v), [0, 2, 1, 3])
      const mixed = reshape(merged, [...qkv.shape.slice(0, 2), (qkv.shape[2] ?? 3) / 3])
      return [mixed, q, k, v, weights].map(give)
    },
  })
