/**
 * `src/core/Philox.ts` in WGSL, word for word: `philox(key, counter)` is one block of four words. WGSL has no product of 64 bits, so the high half
 * of one is put together from halves of its factors here too.
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
