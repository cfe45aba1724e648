/**
 * `BijouUpdate` on WebGPU: a step of BDIA and the plane that it leaves,
 *
 *     s = parity of previous 2^l,   next = g (previous + s 2^-l) + Q((1-g) x + (1+g) h)
 *
 * Inputs `previous`, `x` and `h` (float32 [batch, ...]); attributes `gamma`, `own` = (1-g) 2^l and `change` = (1+g) 2^l (one for each sample),
 * `scale` = 2^l and `step` = 2^-l. Outputs next, every zero +0, and s as `BijouPack` packs it: the bits of the operations one by one.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { pack } from "./planes.ts"
import { DRIFT, PARITY } from "./exact.ts"
import { compile, onDevice, withNumbers } from "./Program.ts"

export const bijouUpdate = onDevice("BijouUpdate", (backend, inputs, attrs) => {
  const [previous, x, h] = [inputOf(inputs, "previous"), inputOf(inputs, "x"), inputOf(inputs, "h")]
  const { gamma, own, change } = attrs as Readonly<Record<"gamma" | "own" | "change", readonly number[]>> // the attributes are ours
  const [scale, unit] = [Number(attrs["scale"]), Number(attrs["step"])]
  const [count, samples] = [sizeOf(x.shape), own.length]
  const next = withNumbers(backend, [...own, ...change, ...gamma], (numbers) =>
    update(backend, {
      inputs: { previous, x, h, numbers },
      uniforms: { samples, each: count / samples, scale, unit },
      ...{ count, shape: x.shape },
    }),
  )
  return [next, pack(backend, previous, scale)]
})

const update = compile({
  name: "update",
  over: "elements",
  inputs: ["previous", "x", "h", "numbers"],
  wholes: ["samples", "each"],
  numbers: ["scale", "unit"],
  output: "float32",
  functions: [DRIFT, PARITY],
  body: `
    let sample = index / uniforms.each;
    let n = uniforms.samples;
    let lifted = previous[index] + parity(previous[index] * uniforms.scale) * uniforms.unit;
    let moved = drift(x[index], h[index], numbers[sample], numbers[n + sample], uniforms.unit);
    result[index] = oneZero(numbers[2 * n + sample] * lifted + moved);`,
})
