/** `SplitV` (split) by the runs of `Slice.ts`; the stock kernel calls the stock slice. */
import { tf } from "../../../tf.ts"
import { asWasm } from "../../cpu/Access.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { take } from "./Slice.ts"

const stock = tf.getKernel("SplitV", "wasm")

export const splitV: tf.KernelConfig = {
  kernelName: "SplitV",
  backendName: "wasm",
  kernelFunc: (call) => {
    const x = inputOf(call.inputs, "x")
    if (x.dtype === "string") return stock.kernelFunc(call)
    const axis = tf.util.parseAxisParam(Number(call.attrs?.["axis"]), x.shape)[0] ?? 0
    const given = call.attrs?.["numOrSizeSplits"] as number | number[] // tfjs's op has checked it
    let start = 0
    // tfjs asks for a tensor where it reads nothing but the shape.
    return tf.backend_util.prepareSplitSize({ shape: x.shape } as tf.Tensor, given, axis).map((part) => {
      const begin = x.shape.map((_, i) => (i === axis ? start : 0))
      const size = x.shape.map((whole, i) => (i === axis ? part : whole))
      start += part
      return take(asWasm(call.backend), x, begin, size)
    })
  },
}
