/** Dropout on WebGPU. The random numbers are drawn on the device and not stored. */
import { firstBlock } from "../../../exact/draws.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { dropout } from "../spec/dropout.ts"
import { compile, consuming, onDevice } from "./Program.ts"

/**
 * A word-for-word translation of `src/core/Philox.ts` to WGSL: `philox(key, counter)` is one block of four words. WGSL
 * has no 64-bit multiplication, so here too the high word of a product is computed from the halves of its factors.
 */
export const PHILOX = `
  fn highWord(a : u32, b : u32) -> u32 {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let middle = a1 * b0 + ((a0 * b0) >> 16u);
    let carry = a0 * b1 + (middle & 0xffffu);
    return a1 * b1 + (middle >> 16u) + (carry >> 16u);
  }
  fn philox(key : vec2<u32>, counter : vec4<u32>) -> vec4<u32> {
    var k = key;
    var w = counter;
    for (var round = 0; round < 10; round++) {
      let high0 = highWord(0xd2511f53u, w.x);
      let high1 = highWord(0xcd9e8d57u, w.z);
      w = vec4<u32>(high1 ^ w.y ^ k.x, 0xcd9e8d57u * w.z, high0 ^ w.w ^ k.y, 0xd2511f53u * w.x);
      k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    }
    return w;
  }
  // The counter of a 64-bit place, so many blocks further.
  fn further(low : i32, high : i32, blocks : i32) -> vec4<u32> {
    let first = bitcast<u32>(low);
    let sum = first + u32(blocks);
    return vec4<u32>(sum, bitcast<u32>(high) + select(0u, 1u, sum < first), 0u, 0u);
  }`

export const dropoutKernel = onDevice(dropout, (backend, { x }, { low, high, samples, rate }) => {
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
  integers: ["low", "high", "each", "blocks", "least"],
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
