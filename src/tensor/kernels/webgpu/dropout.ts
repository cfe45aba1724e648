/**
 * `BijouDropout` on WebGPU: x with each value zeroed where its uniform number is below the rate, and divided by 1 - rate elsewhere. The numbers are
 * drawn on the device and kept nowhere; they are those of `uniforms` in `src/exact/draws.ts`, bit for bit.
 *
 * Input `x` (float32 [batch, ...]); attributes `low` and `high` (the key), `samples` (global ids, one for each sample), `rate`.
 */
import { firstBlock } from "../../../exact/draws.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { PHILOX } from "./philox.ts"
import { compile, consuming, onDevice } from "./Program.ts"

export const bijouDropout = onDevice("BijouDropout", (backend, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const samples = attrs["samples"] as readonly number[] // the attribute is ours
  const [low, high, rate] = [Number(attrs["low"]), Number(attrs["high"]), Number(attrs["rate"])]
  const each = sizeOf(x.shape) / samples.length
  const blocks = Math.ceil(each / 4)
  const first = samples.flatMap((sample) => firstBlock(sample, blocks))
  const places = backend.makeTensorInfo(
    [samples.length, 2],
    "int32",
    Int32Array.from(first, (word) => word | 0),
  )
  return consuming(backend, places, () =>
    drop(backend, {
      inputs: { x, places },
      uniforms: { low: low | 0, high: high | 0, each, blocks, least: Math.ceil(rate * 2 ** 23), scale: 1 / (1 - rate) },
      ...{ count: samples.length * blocks, shape: x.shape },
    }),
  )
})

const drop = compile({
  name: "dropout",
  over: "elements",
  inputs: ["x", "places"],
  wholes: ["low", "high", "each", "blocks", "least"],
  numbers: ["scale"],
  output: "float32",
  functions: [PHILOX],
  body: `
    let sample = index / uniforms.blocks;
    let block = index % uniforms.blocks;
    let key = vec2<u32>(bitcast<u32>(uniforms.low), bitcast<u32>(uniforms.high));
    let words = philox(key, further(places[2 * sample], places[2 * sample + 1], block));
    for (var i = 0; i < 4; i++) {
      let j = 4 * block + i;
      if (j < uniforms.each) {
        // 23 bits of a word are the number, so it is below the rate where they are below least.
        let kept = i32(words[i] & 0x7fffffu) >= uniforms.least;
        let place = sample * uniforms.each + j;
        result[place] = x[place] * select(0.0, uniforms.scale, kept);
      }
    }`,
})
