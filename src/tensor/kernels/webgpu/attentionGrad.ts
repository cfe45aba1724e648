/** The gradient of attention, to all tokens or to those that are seen. */
import type { tf } from "../../tf.ts"
import type { Tokens } from "../wasm/heads.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { CHANGES, maskName, maskOf, overTokens, PLACES, scores, MOST, SIZES, sizesOf } from "./heads.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { GREATEST, TOTAL } from "./rows.ts"

export const pullingBack = (kernelName: string, tokens: Tokens): readonly tf.KernelConfig[] => {
  const shared = {
    over: "rows",
    wholes: SIZES,
    numbers: ["scale"],
    output: "float32",
  } as const

  /** Of every query: its greatest score, 1 / the sum of the exponentials, and the sum of P dP. */
  const measure = compile({
    ...shared,
    name: `moments of attention to ${tokens}`,
    inputs: ["qkv", "dy", ...maskName(tokens)],
    functions: [TOTAL, GREATEST, scores(tokens), CHANGES],
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

  const pullQueries = compile({
    ...shared,
    name: `gradient of queries by attention to ${tokens}`,
    inputs: ["qkv", "dy", "moments", ...maskName(tokens)],
    functions: [scores(tokens), CHANGES, WEIGHT, `var<workgroup> slopes : array<f32, ${LANES}>;`],
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

  /** Keys and values: their token is that of the row, and all queries that see it are gone through. */
  const pullOthers = compile({
    ...shared,
    name: `gradient of keys and values by attention to ${tokens}`,
    inputs: ["qkv", "dy", "moments", ...maskName(tokens)],
    functions: [
      ...[scores(tokens), CHANGES, WEIGHT],
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

  return onDevice(kernelName, (backend, given, attrs) => {
    const attended = { qkv: inputOf(given, "qkv"), dy: inputOf(given, "dy"), ...maskOf(tokens, given) }
    const { uniforms, count } = sizesOf(attended.qkv, attrs)
    const moments = measure(backend, { inputs: attended, uniforms, count, shape: [count, 3] })
    return consuming(backend, moments, () => {
      const inputs = { ...attended, moments }
      const into = pullQueries(backend, { inputs, uniforms, count, shape: attended.qkv.shape })
      return pullOthers(backend, { inputs, uniforms, count, into })
    })
  })
}

/** P, of the query of token i and the key of token j, and dS, which is 0 where j is padding, whose score is no one's. */
const WEIGHT = `
  fn weigh(moment : i32, query : i32, key : i32, token : i32) -> f32 {
    return power(query, key, token, moments[3 * moment]) * moments[3 * moment + 1];
  }
  fn slopeOf(moment : i32, weight : f32, value : i32, token : i32, cotangent : i32) -> f32 {
    if (isPadding(token)) { return 0.0; }
    return weight * (change(value, cotangent) - moments[3 * moment + 2]) * uniforms.scale;
  }`
