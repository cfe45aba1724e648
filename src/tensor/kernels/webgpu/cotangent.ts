/**
 * `BijouCotangent` on WebGPU: the cotangents of a step of BDIA, g dn and (dx + (1-g) dn) + jx, added in this order.
 *
 * Inputs `dx`, `dn` and `jx` (float32 [batch, ...]), attribute `gamma` (one for each sample). Outputs those of previous and of x.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { times } from "./times.ts"
import { PRODUCT } from "./exact.ts"
import { compile, onDevice, withNumbers } from "./Program.ts"

export const bijouCotangent = onDevice("BijouCotangent", (backend, inputs, attrs) => {
  const [dx, dn, jx] = [inputOf(inputs, "dx"), inputOf(inputs, "dn"), inputOf(inputs, "jx")]
  const gamma = attrs["gamma"] as readonly number[] // the attribute is ours
  const count = sizeOf(dn.shape)
  const straight = gamma.map((g) => 1 - g)
  return [
    times(backend, dn, gamma),
    withNumbers(backend, straight, (factors) =>
      add(backend, {
        inputs: { dx, dn, jx, factors },
        uniforms: { each: count / gamma.length },
        ...{ count, shape: dn.shape },
      }),
    ),
  ]
})

const add = compile({
  name: "cotangent of x",
  over: "elements",
  inputs: ["dx", "dn", "jx", "factors"],
  wholes: ["each"],
  numbers: [],
  output: "float32",
  functions: [PRODUCT],
  body: `result[index] = (dx[index] + product(dn[index], factors[index / uniforms.each])) + jx[index];`,
})
