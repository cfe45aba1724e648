/**
 * `BijouMultiply`: x W on the last axis, or x W^T, as one product over all leading axes.
 *
 * Inputs `x` (float32 [..., k]) and `weight` (float32 [k, n], or [n, k] where the attribute `transposed` is 1). Output float32 [..., n], with the
 * bits of `BatchMatMul`.
 */
import type { tf } from "../../tf.ts"
import { asWasm } from "../cpu/Access.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { rowsOf } from "./assembler/Routine.ts"
import { matMul } from "./stock/BatchMatMul.ts"

export const bijouMultiply: tf.KernelConfig = {
  kernelName: "BijouMultiply",
  backendName: "wasm",
  kernelFunc: ({ inputs, backend, attrs }) => {
    const [x, weight] = [inputOf(inputs, "x"), inputOf(inputs, "weight")]
    const tall = { dataId: x.dataId, dtype: x.dtype, shape: [...rowsOf(x.shape)] }
    const { dataId, dtype, shape } = matMul(asWasm(backend), tall, weight, false, attrs?.["transposed"] === 1)
    return { dataId, dtype, shape: [...x.shape.slice(0, -1), shape.at(-1) ?? 1] }
  },
}
