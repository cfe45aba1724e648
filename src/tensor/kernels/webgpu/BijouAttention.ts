/**
 * `BijouAttention` on WebGPU: softmax(q k^T / sqrt(size)) v for every sample and head, within 3e-6 of the largest value.
 *
 * Input `qkv` (float32 [batch, time, 3 heads size]), attributes `heads` and `causal` (1 or 0). Output float32 [batch, time, heads size].
 */
import { inputOf } from "../typed/fromTyped.ts"
import { overTokens, PLACES, SCORES, SHARES, SIZES, sizesOf } from "./attention.ts"
import { compile, LANES, onDevice } from "./Program.ts"
import { GREATEST, TOTAL } from "./rows.ts"

export const bijouAttention = onDevice("BijouAttention", (backend, inputs, attrs) => {
  const qkv = inputOf(inputs, "qkv")
  const { uniforms, count, width } = sizesOf(qkv, attrs)
  return mix(backend, { inputs: { qkv }, uniforms, count, shape: [...qkv.shape.slice(0, -1), width] })
})

const mix = compile({
  name: "attention",
  over: "rows",
  inputs: ["qkv"],
  wholes: SIZES,
  numbers: ["scale"],
  output: "float32",
  functions: [TOTAL, GREATEST, SCORES, `var<workgroup> weights : array<f32, ${LANES}>;`],
  body: `${PLACES}${SHARES}
    ${overTokens({
      begin: "var sum = 0.0;",
      weigh: `
        weights[lane] = 0.0;
        if (other < seen) { weights[lane] = exponential(score(query, keys + other * triple) - most) * share; }`,
      add: "sum += weights[t] * qkv[values + near * triple + c];",
      write: "result[outputs + token * width + c] = sum;",
    })}`,
})
