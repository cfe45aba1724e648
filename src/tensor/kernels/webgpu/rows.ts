/** WGSL for programs in which 64 threads work on a row together. */
import { LONG } from "../spec/layerNorm.ts"
import { LANES } from "./Program.ts"

const total = (name: string, type: string): string => `
  var<workgroup> ${name}Parts : array<${type}, ${LANES}>;
  fn ${name}(lane : i32, value : ${type}) -> ${type} {
    ${name}Parts[lane] = value;
    workgroupBarrier();
    for (var half = ${LANES / 2}; half > 0; half /= 2) {
      if (lane < half) { ${name}Parts[lane] += ${name}Parts[lane + half]; }
      workgroupBarrier();
    }
    let sum = ${name}Parts[0];
    workgroupBarrier();
    return sum;
  }`

/** WGSL for the sum of a value over the lanes, in a fixed order. */
export const TOTAL = total("total", "f32")

/** WGSL for the same sum of i32. */
export const TOTAL_OF_INTEGERS = total("totalOfIntegers", "i32")

/** WGSL for the maximum of a value over the lanes. */
export const GREATEST = `
  var<workgroup> greatestParts : array<f32, ${LANES}>;
  fn greatest(lane : i32, value : f32) -> f32 {
    greatestParts[lane] = value;
    workgroupBarrier();
    for (var half = ${LANES / 2}; half > 0; half /= 2) {
      if (lane < half) { greatestParts[lane] = max(greatestParts[lane], greatestParts[lane + half]); }
      workgroupBarrier();
    }
    let most = greatestParts[0];
    workgroupBarrier();
    return most;
  }`

/**
 * WGSL for programs over the rows of x: the offset of the row, its mean, corrected in long rows, and 1 / sqrt(variance
 * + 1e-5).
 */
export const MOMENTS = `
  let width = uniforms.width;
  let first = row * width;
  var sum = 0.0;
  for (var j = lane; j < width; j += ${LANES}) { sum += x[first + j]; }
  var mean = total(lane, sum) / f32(width);
  if (width > ${LONG}) {
    for (var turn = 0; turn < 2; turn++) {
      var rest = 0.0;
      for (var j = lane; j < width; j += ${LANES}) { rest += x[first + j] - mean; }
      mean += total(lane, rest) / f32(width);
    }
  }
  var squares = 0.0;
  for (var j = lane; j < width; j += ${LANES}) {
    let centred = x[first + j] - mean;
    squares += centred * centred;
  }
  let scale = 1.0 / sqrt(total(lane, squares) / f32(width) + 1e-5);`

/**
 * WGSL for programs over the rows of `logits`: the offset of the row, its maximum, and the sum of the exponentials of
 * its logits minus the maximum.
 */
export const POWERS = `
  let width = uniforms.width;
  let first = row * width;
  var high = logits[first];
  for (var j = lane; j < width; j += ${LANES}) { high = max(high, logits[first + j]); }
  let most = greatest(lane, high);
  var powers = 0.0;
  for (var j = lane; j < width; j += ${LANES}) { powers += exponential(logits[first + j] - most); }
  let all = total(lane, powers);`
