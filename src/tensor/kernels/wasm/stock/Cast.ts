/**
 * `Cast` that shares the buffer when the type stays the same; the stock kernel copies, and tfjs's gradients cast often.
 *
 * To bool is x != 0, as on the cpu backend: the stock kernel stores the lowest byte of the truncated number (0.5 is false, and 3 is 3).
 */
import type { tf } from "../../../tf.ts"
import { asWasm, fromWasm } from "../../cpu/Access.ts"
import { inputOf } from "../../cpu/fromTyped.ts"

export const cast: tf.KernelConfig = {
  kernelName: "Cast",
  backendName: "wasm",
  kernelFunc: ({ inputs, backend, attrs }) => {
    const x = inputOf(inputs, "x")
    const dtype = attrs?.["dtype"] as tf.DataType // tfjs's op has checked it
    if (dtype === x.dtype) {
      asWasm(backend).incRef(x.dataId)
      return { dataId: x.dataId, shape: x.shape, dtype }
    }
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      throw new Error(`wasm casts to float32, int32 and bool, but was asked for ${dtype}.`)
    }
    const access = fromWasm(asWasm(backend))
    const out = access.output(x.shape, dtype)
    access.touch(x)
    const values = access.view(x)
    const to = access.view(out)
    if (dtype === "bool") for (let i = 0; i < to.length; i++) to[i] = values[i] === 0 ? 0 : 1
    else to.set(values)
    return out
  },
}
