/** Attention on WebGPU, within 3e-6 of the largest value. The gradient recomputes the weights and is within 5e-6. */
import type { Implementation } from "../implement.ts"
import { attention, attentionGrad } from "../spec/attention.ts"
import { given } from "../spec/checks.ts"
import { CHANGES, MOST, overHeads, overTokens, PLACES, SCORES, sizesOf } from "./heads.ts"
import { consuming, LANES, onDevice } from "./Program.ts"
import { GREATEST, TOTAL } from "./rows.ts"

export const attentionKernels: readonly Implementation[] = [
  onDevice(attention, (backend, { qkv, seen }, attributes) => {
    const [batch = 1, time = 1, triple = 3] = qkv.shape
    const shape = [batch, time, triple / 3]
    return [mix(backend, { inputs: { qkv }, seen, ...sizesOf(qkv, attributes), shape })] as const
  }),
  onDevice(attentionGrad, (backend, inputs, attributes) => {
    const { seen, dy } = inputs
    const qkv = given({ layer: attentionGrad.layer, inputs }, "qkv")
    const over = { seen, ...sizesOf(qkv, attributes) }
    const moments = measure(backend, { inputs: { qkv, dy }, ...over, shape: [over.count, 3] })
    return consuming(backend, moments, () => {
      const forward = { qkv, dy, moments }
      const into = pullQueries(backend, { inputs: forward, ...over, shape: qkv.shape })
      return pullOthers(backend, { inputs: forward, ...over, into })
    })
  }),
]

const mix = overHeads({
  name: "attention",
  inputs: ["qkv"],
  functions: [TOTAL, GREATEST, SCORES, `var<workgroup> weights : array<f32, ${LANES}>;`],
  body: `${PLACES}${MOST}
    ${overTokens({
      begin: "var sum = 0.0; var powers = 0.0;",
      weigh: `
        weights[lane] = 0.0;
        if (other < seen) {
          weights[lane] = power(query, keys + other * triple, first + other, most);
          powers += weights[lane];
        }`,
      add: "sum += weights[t] * qkv[values + near * triple + c];",
      end: "let share = 1.0 / total(lane, powers);",
      write: "result[outputs + token * width + c] = sum * share;",
    })}`,
})

/** Computes for each query its greatest score, 1 / the sum of the exponentials, and the sum of P dP. */
const measure = overHeads({
  name: "moments of attention",
  inputs: ["qkv", "dy"],
  functions: [TOTAL, GREATEST, SCORES, CHANGES],
  body: `${PLACES}${MOST}
    var powers = 0.0;
    var along = 0.0;
    for (var j = lane; j < seen; j += ${LANES}) {
      let weight = power(query, keys + j * triple, first + j, most);
      powers += weight;
      along += weight * change(values + j * triple, outputs + token * width);
    }
    let share = 1.0 / total(lane, powers);
    let slope = total(lane, along) * share;
    if (lane == 0 && row < uniforms.count) {
      result[3 * row] = most;
      result[3 * row + 1] = share;
      result[3 * row + 2] = slope;
    }`,
})

/**
 * WGSL for P of the query of token i and the key of token j, and for dS. dS is 0 if j is padding, whose score has no
 * gradient.
 */
const WEIGHT = `
  fn weigh(moment : i32, query : i32, key : i32, token : i32) -> f32 {
    return power(query, key, token, moments[3 * moment]) * moments[3 * moment + 1];
  }
  fn slopeOf(moment : i32, weight : f32, value : i32, token : i32, cotangent : i32) -> f32 {
    if (isPadding(token)) { return 0.0; }
    return weight * (change(value, cotangent) - moments[3 * moment + 2]) * uniforms.scale;
  }`

const pullQueries = overHeads({
  name: "gradient of queries by attention",
  inputs: ["qkv", "dy", "moments"],
  functions: [SCORES, CHANGES, WEIGHT, `var<workgroup> slopes : array<f32, ${LANES}>;`],
  body: `${PLACES}
    ${overTokens({
      begin: "var sum = 0.0;",
      weigh: `
        slopes[lane] = 0.0;
        if (other < seen) {
          let weight = weigh(row, queries + token * triple, keys + other * triple, first + other);
          slopes[lane] = slopeOf(row, weight, values + other * triple, first + other, outputs + token * width);
        }`,
      add: "sum += slopes[t] * qkv[keys + near * triple + c];",
      end: "",
      write: "result[queries + token * triple + c] = sum;",
    })}`,
})

/**
 * Computes the gradients of keys and values. The row's token is theirs, and the loop is over all queries that see it.
 */
const pullOthers = overHeads({
  name: "gradient of keys and values by attention",
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
          let weight = weigh(moment, queries + other * triple, keys + token * triple, first + token);
          weights[lane] = weight;
          slopes[lane] = slopeOf(moment, weight, values + token * triple, first + token, outputs + other * width);
        }`,
      add: `
        key += slopes[t] * qkv[queries + near * triple + c];
        value += weights[t] * dy[outputs + near * width + c];`,
      end: "",
      write: `
        result[keys + token * triple + c] = key;
        result[values + token * triple + c] = value;`,
    })}`,
})
