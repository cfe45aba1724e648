/**
 * `AddN`, the sum of any number of tensors of one shape, from first to last. The kernel of TensorFlow.js binds all of
 * them in one program, which fails for eight or ten tensors and more, depending on the device.
 */
import { tf } from "../../../tf.ts"
import { stock } from "../../spec/stock.ts"
import { compile, forEachOf, onDevice } from "../Program.ts"

/** addN requires at least one tensor. */
type Terms = readonly [tf.TensorInfo, ...tf.TensorInfo[]]

export const addN = onDevice(stock<Terms, {}>(tf.AddN), (backend, [first, ...rest]) => {
  const { dataId, shape, dtype } = first
  if (rest.length === 0) {
    backend.incRef(dataId)
    return { dataId, shape, dtype } // a new object, since the engine would take the input itself for the output
  }
  const add = dtype === "float32" ? addFloats : addIntegers
  return rest.reduce((sum, x) => {
    const next = add(backend, { inputs: { sum, x }, uniforms: {}, ...forEachOf(first) })
    if (sum !== first) backend.disposeData(sum.dataId)
    return next
  }, first)
})

const adding = (output: "float32" | "int32") =>
  compile({
    name: `sum of two of ${output}`,
    over: "elements",
    inputs: ["sum", "x"],
    output,
    body: `result[index] = sum[index] + x[index];`,
  })

const addFloats = adding("float32")
const addIntegers = adding("int32")
