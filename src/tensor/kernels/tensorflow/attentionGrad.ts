/**
 * The gradient of attention, to all tokens or to those that are seen.
 *
 * Of stock operations, the scale rides on dy, which is smaller than the scores.
 */
import type { Tokens } from "../wasm/heads.ts"
import { hiding, maskOf, reach, scaleOf } from "./heads.ts"
import { float } from "./float.ts"
import { onTensorflow, type Handle, type TensorflowKernel } from "./operations.ts"

export const pullingBack = (kernelName: string, tokens: Tokens): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, run }, attrs) =>
      give(run(kernelName, ["qkv", ...maskOf(tokens), "dy"].map(input), reach(attrs))),
    stock: (operations) => {
      const { give, hold, input, letGo } = operations
      const { matMul, mul, number, pack, reshape, sub, sum, transpose } = float(operations)
      const [q, k, v, weights] = ["q", "k", "v", "weights"].map(input) as [Handle, Handle, Handle, Handle] // four names
      const [batch = 1, heads = 1, time = 1, size = 1] = q.shape
      const d = hold(transpose(reshape(input("dy"), [batch, time, heads, size]), [0, 2, 1, 3]))
      const dv = matMul(weights, d, true)
      const toWeights = hold(matMul(mul(letGo(d), number(scaleOf(q))), v, false, true))
      const average = sum(mul(weights, toWeights), [-1], true)
      // The score of padding is no one's.
      const toScores = hold(hiding(operations, tokens)(mul(weights, sub(letGo(toWeights), average)), 0))
      const parts = pack([matMul(toScores, k), matMul(letGo(toScores), q, true), dv])
      return give(reshape(transpose(parts, [1, 3, 0, 2, 4]), [batch, time, 3 * heads * size]))
    },
  })
