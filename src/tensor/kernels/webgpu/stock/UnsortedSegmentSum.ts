/**
 * `UnsortedSegmentSum` on WebGPU, the gradient of gather: the rows of x added up by segment, in their order; tfjs's own adds with atomics, in
 * no fixed one.
 *
 * Inputs `x` [rows, ...], `segmentIds` int32 [rows]; attribute `numSegments`. Output [numSegments, ...], int32 where x is, else float32. Ids outside the range are
 * dropped. Every row finds the next of its segment, and the first of them walks through all: what that costs depends on rows, not on segments.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { compile, consuming, onDevice } from "../Program.ts"

export const unsortedSegmentSum = onDevice("UnsortedSegmentSum", (backend, inputs, attrs) => {
  const [x, ids] = [inputOf(inputs, "x"), inputOf(inputs, "segmentIds")]
  const segments = Number(attrs["numSegments"])
  const [rows = 0, ...rest] = x.shape
  if (ids.shape.length !== 1 || ids.shape[0] !== rows) {
    throw new Error(
      `unsortedSegmentSum wants one segment id for each row, but x is [${x.shape}] and the ids are [${ids.shape}].`,
    )
  }
  const width = sizeOf(rest)
  const size = segments * width
  const dtype = x.dtype === "int32" ? "int32" : "float32"
  const out = clear[dtype](backend, { inputs: {}, uniforms: {}, count: size, shape: [segments, ...rest] })
  if (rows === 0) return out
  const links = link(backend, { inputs: { ids }, uniforms: {}, count: rows, shape: [rows] })
  return consuming(backend, links, () =>
    add[dtype](backend, { inputs: { x, ids, links }, uniforms: { width, segments }, count: rows * width, into: out }),
  )
})

const clearing = (output: "float32" | "int32") =>
  compile({
    name: `zeros of ${output}`,
    over: "elements",
    inputs: [],
    wholes: [],
    numbers: [],
    output,
    functions: [],
    body: output === "int32" ? `result[index] = 0;` : `result[index] = 0.0;`,
  })

const clear = { float32: clearing("float32"), int32: clearing("int32") } as const

/** For every row the next one of its segment, or -1 where it is the last; less `rows` + 1 where an earlier row has that segment. */
const link = compile({
  name: "links of segments",
  over: "elements",
  inputs: ["ids"],
  wholes: [],
  numbers: [],
  output: "int32",
  functions: [],
  body: `
    var later = index + 1;
    while (later < uniforms.count && ids[later] != ids[index]) { later++; }
    var earlier = index - 1;
    while (earlier >= 0 && ids[earlier] != ids[index]) { earlier--; }
    let follower = select(-1, later, later < uniforms.count);
    result[index] = select(follower, follower - uniforms.count - 1, earlier >= 0);`,
})

const adding = (output: "float32" | "int32") =>
  compile({
    name: `sums of segments of ${output}`,
    over: "elements",
    inputs: ["x", "ids", "links"],
    wholes: ["width", "segments"],
    numbers: [],
    output,
    functions: [],
    body: `
    let width = uniforms.width;
    let rows = uniforms.count / width;
    var row = index / width;
    let id = ids[row];
    if (links[row] < -1 || id < 0 || id >= uniforms.segments) { return; }
    let column = index % width;
    var sum = x[index];
    var next = links[row];
    while (next >= 0) {
      row = next;
      sum += x[row * width + column];
      next = links[row];
      if (next < -1) { next += rows + 1; }
    }
    result[id * width + column] = sum;`,
  })

const add = { float32: adding("float32"), int32: adding("int32") } as const
