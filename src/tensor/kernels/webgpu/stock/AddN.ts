/**
 * `AddN` on WebGPU: the sum of any number of tensors of one shape, first to last; tfjs's own binds them all at once, which a device refuses from
 * eight or ten on.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import type { tf } from "../../../tf.ts"
import { compile, onDevice } from "../Program.ts"

export const addN = onDevice("AddN", (backend, inputs) => {
  const [first, ...rest] = Object.values(inputs) as tf.TensorInfo[] // a kernel's inputs are tensors
  if (first === undefined) throw new Error("addN adds one tensor or more, and was given none.")
  const { shape, dtype } = first
  if (rest.length === 0) {
    backend.incRef(first.dataId)
    return { dataId: first.dataId, shape, dtype } // of its own: the engine would take the input for the output
  }
  const add = dtype === "float32" ? addFloats : addWholes
  return rest.reduce((sum, x) => {
    const next = add(backend, { inputs: { sum, x }, uniforms: {}, count: sizeOf(shape), shape })
    if (sum !== first) backend.disposeData(sum.dataId)
    return next
  }, first)
})

const adding = (output: "float32" | "int32") =>
  compile({
    name: "sum of two",
    over: "elements",
    inputs: ["sum", "x"],
    wholes: [],
    numbers: [],
    output,
    functions: [],
    body: `result[index] = sum[index] + x[index];`,
  })

const addFloats = adding("float32")
const addWholes = adding("int32")
