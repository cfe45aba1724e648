/** The self-check on WebGPU: the number of elements whose bits differ, exact below 2^24 and never rounded to 0. */
import { sizeOf } from "../../../exact/frame.ts"
import { differ } from "../spec/differ.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { TOTAL_OF_INTEGERS } from "./rows.ts"

export const differKernel = onDevice(differ, (backend, { x, y }) => {
  const size = sizeOf(x.shape)
  const floats = x.dtype === "float32" ? 1 : 0 // an int32 with the bits of a NaN is an ordinary number
  const parts = Math.ceil(size / (LANES * EACH))
  const counts = count(backend, { inputs: { x, y }, uniforms: { size, floats }, count: parts, shape: [parts] })
  return consuming(backend, counts, () =>
    sum(backend, { inputs: { counts }, uniforms: { parts }, count: 1, shape: [] }),
  )
})

/** The number of elements that each thread compares. */
const EACH = 32

const count = compile({
  name: "differ",
  over: "rows",
  inputs: ["x", "y"],
  integers: ["size", "floats"],
  output: "int32",
  functions: [TOTAL_OF_INTEGERS, `fn isNaN(bits : u32) -> bool { return (bits & 0x7fffffffu) > 0x7f800000u; }`],
  body: `
    var differing = 0;
    for (var i = ${LANES * EACH} * row + lane; i < min(uniforms.size, ${LANES * EACH} * (row + 1)); i += ${LANES}) {
      let a = bitcast<u32>(x[i]);
      let b = bitcast<u32>(y[i]);
      let bothNaN = uniforms.floats == 1 && isNaN(a) && isNaN(b);
      if (a != b && !bothNaN) { differing++; }
    }
    let all = totalOfIntegers(lane, differing);
    if (lane == 0 && row < uniforms.count) { result[row] = all; }`,
})

const sum = compile({
  name: "differ, sum",
  over: "rows",
  inputs: ["counts"],
  integers: ["parts"],
  output: "float32",
  functions: [TOTAL_OF_INTEGERS],
  body: `
    var differing = 0;
    for (var i = lane; i < uniforms.parts; i += ${LANES}) { differing += counts[i]; }
    let all = totalOfIntegers(lane, differing);
    if (lane == 0) { result[0] = f32(all); }`,
})
