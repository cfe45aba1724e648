/** Attention forwards, to all tokens or to those that are seen. */
import type { tf } from "../../tf.ts"
import type { Tokens } from "../wasm/heads.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { maskName, maskOf, overTokens, PLACES, scores, MOST, SIZES, sizesOf } from "./heads.ts"
import { compile, LANES, onDevice } from "./Program.ts"
import { GREATEST, TOTAL } from "./rows.ts"

export const mixing = (kernelName: string, tokens: Tokens): readonly tf.KernelConfig[] => {
  const mix = compile({
    name: `attention to ${tokens}`,
    over: "rows",
    inputs: ["qkv", ...maskName(tokens)],
    wholes: SIZES,
    numbers: ["scale"],
    output: "float32",
    functions: [TOTAL, GREATEST, scores(tokens), `var<workgroup> weights : array<f32, ${LANES}>;`],
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
  return onDevice(kernelName, (backend, given, attrs) => {
    const qkv = inputOf(given, "qkv")
    const { uniforms, count, width } = sizesOf(qkv, attrs)
    const inputs = { qkv, ...maskOf(tokens, given) }
    return mix(backend, { inputs, uniforms, count, shape: [...qkv.shape.slice(0, -1), width] })
  })
}
