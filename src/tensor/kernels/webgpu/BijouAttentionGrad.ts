/**
 * `BijouAttentionGrad` on WebGPU: the gradient of `BijouAttention`, which computes the weights P again. For every sample and head
 *
 *     dv = P^T dy,   dP = dy v^T,   dS = P (dP - sum of P dP over a row) / sqrt(size),   dq = dS k,   dk = dS^T q
 *
 * Inputs `qkv` (float32 [batch, time, 3 heads size]) and `dy` (float32 [batch, time, heads size]), attributes `heads` and `causal` (1 or 0).
 * Output float32 in the shape of qkv, within 5e-6 of the largest value.
 */
import { inputOf } from "../typed/fromTyped.ts"
import { CHANGES, overTokens, PLACES, SCORES, SHARES, SIZES, sizesOf } from "./attention.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { GREATEST, TOTAL } from "./rows.ts"

export const bijouAttentionGrad = onDevice("BijouAttentionGrad", (backend, given, attrs) => {
  const [qkv, dy] = [inputOf(given, "qkv"), inputOf(given, "dy")]
  const { uniforms, count } = sizesOf(qkv, attrs)
  const moments = measure(backend, { inputs: { qkv, dy }, uniforms, count, shape: [count, 3] })
  return consuming(backend, moments, () => {
    const inputs = { qkv, dy, moments }
    const into = pullQueries(backend, { inputs, uniforms, count, shape: qkv.shape })
    return pullOthers(backend, { inputs, uniforms, count, into })
  })
})

const shared = {
  over: "rows",
  wholes: SIZES,
  numbers: ["scale"],
  output: "float32",
} as const

/** Of every query: its greatest score, 1 / the sum of the exponentials, and the sum of P dP. */
const measure = compile({
  ...shared,
  name: "attention moments",
  inputs: ["qkv", "dy"],
  functions: [TOTAL, GREATEST, SCORES, CHANGES],
  body: `${PLACES}${SHARES}
    var along = 0.0;
    for (var j = lane; j < seen; j += ${LANES}) {
      let weight = exponential(score(query, keys + j * triple) - most) * share;
      along += weight * change(values + j * triple, outputs + token * width);
    }
    let slope = total(lane, along);
    if (lane == 0 && row < uniforms.count) {
      result[3 * row] = most;
      result[3 * row + 1] = share;
      result[3 * row + 2] = slope;
    }`,
})

/** P, of the query of token i and the key of token j, and dS. */
const WEIGHT = `
  fn weigh(moment : i32, query : i32, key : i32) -> f32 {
    return exponential(score(query, key) - moments[3 * moment]) * moments[3 * moment + 1];
  }
  fn slopeOf(moment : i32, weight : f32, value : i32, cotangent : i32) -> f32 {
    return weight * (change(value, cotangent) - moments[3 * moment + 2]) * uniforms.scale;
  }`

const pullQueries = compile({
  ...shared,
  name: "attention gradient of queries",
  inputs: ["qkv", "dy", "moments"],
  functions: [SCORES, CHANGES, WEIGHT, `var<workgroup> slopes : array<f32, ${LANES}>;`],
  body: `${PLACES}
    ${overTokens({
      begin: "var sum = 0.0;",
      weigh: `
        slopes[lane] = 0.0;
        if (other < seen) {
          let weight = weigh(row, queries + token * triple, keys + other * triple);
          slopes[lane] = slopeOf(row, weight, values + other * triple, outputs + token * width);
        }`,
      add: "sum += slopes[t] * qkv[keys + near * triple + c];",
      write: "result[queries + token * triple + c] = sum;",
    })}`,
})

/** Keys and values: their token is that of the row, and all queries that see it are gone through. */
const pullOthers = compile({
  ...shared,
  name: "attention gradient of keys and values",
  inputs: ["qkv", "dy", "moments"],
  functions: [
    ...[SCORES, CHANGES, WEIGHT],
    `var<workgroup> slopes : array<f32, ${LANES}>;`,
    `var<workgroup> weights : array<f32, ${LANES}>;`,
  ],
  body: `${PLACES}
    let earliest = select(0, token, uniforms.causal == 1);
    ${overTokens({
      begin: "var key = 0.0; var value = 0.0;",
      weigh: `
        slopes[lane] = 0.0;
        weights[lane] = 0.0;
        if (other < time && other >= earliest) {
          let moment = unit * time + other;
          let weight = weigh(moment, queries + other * triple, keys + token * triple);
          weights[lane] = weight;
          slopes[lane] = slopeOf(moment, weight, values + token * triple, outputs + other * width);
        }`,
      add: `
        key += slopes[t] * qkv[queries + near * triple + c];
        value += weights[t] * dy[outputs + near * width + c];`,
      write: `
        result[keys + token * triple + c] = key;
        result[values + token * triple + c] = value;`,
    })}`,
})
