/** `Identity` (clone) that shares the buffer, as `Reshape` and the cpu backend do; the stock kernel copies every element. */
import type { tf } from "../../../tf.ts"
import { asWasm } from "../../cpu/Access.ts"
import { inputOf } from "../../cpu/fromTyped.ts"

export const identity: tf.KernelConfig = {
  kernelName: "Identity",
  backendName: "wasm",
  kernelFunc: ({ inputs, backend }) => {
    const x = inputOf(inputs, "x")
    asWasm(backend).incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  },
}
