/**
 * `UnsortedSegmentSum`, the gradient of gather, on WebGPU: sums the rows of x by segment, in order. The kernel of
 * TensorFlow.js adds with atomics, in no fixed order.
 *
 * Ids out of range are ignored. Each row finds the next row of its segment, and the first row of a segment visits all
 * of them. The cost depends on the number of rows, not of segments.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { stock } from "../../spec/stock.ts"
import { compile, consuming, onDevice } from "../Program.ts"

const segmentSum = stock<tf.UnsortedSegmentSumInputs, tf.UnsortedSegmentSumAttrs>(tf.UnsortedSegmentSum)

export const unsortedSegmentSum = onDevice(segmentSum, (backend, { x, segmentIds: ids }, { numSegments: segments }) => {
  const [rows = 0, ...rest] = x.shape
  const width = sizeOf(rest)
  const dtype = x.dtype === "int32" ? "int32" : "float32"
  const into = clear[dtype](backend, { inputs: {}, uniforms: {}, count: segments * width, shape: [segments, ...rest] })
  const links = link(backend, { inputs: { ids }, uniforms: {}, count: rows, shape: [rows] })
  return consuming(backend, links, () =>
    add[dtype](backend, { inputs: { x, ids, links }, uniforms: { width, segments }, count: rows * width, into }),
  )
})

const clearing = (output: "float32" | "int32") =>
  compile({
    name: `zeros of ${output}`,
    over: "elements",
    inputs: [],
    output,
    body: output === "int32" ? `result[index] = 0;` : `result[index] = 0.0;`,
  })

const clear = { float32: clearing("float32"), int32: clearing("int32") } as const

/**
 * Computes for each row the next row of its segment, or -1 if it is the last one, minus `rows` + 1 if an earlier row
 * has the same segment.
 */
const link = compile({
  name: "links of segments",
  over: "elements",
  inputs: ["ids"],
  output: "int32",
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
    integers: ["width", "segments"],
    output,
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
