/**
 * `_FusedMatMul` of batches, as a product, a sum and an activation; the stock kernel, which does one product, adds the bias of batches at
 * wrong places and does not broadcast them.
 */
import { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { asWasm } from "../../cpu/Access.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { matMul } from "./BatchMatMul.ts"

const stock = tf.getKernel("_FusedMatMul", "wasm")

export const fusedMatMul: tf.KernelConfig = {
  kernelName: "_FusedMatMul",
  backendName: "wasm",
  kernelFunc: (call) => {
    const [a, b] = [inputOf(call.inputs, "a"), inputOf(call.inputs, "b")]
    const isSingle = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1
    if (isSingle || a.dtype !== "float32" || b.dtype !== "float32") return stock.kernelFunc(call)
    const { bias, preluActivationWeights: alpha } = call.inputs
    const { transposeA, transposeB, activation, leakyreluAlpha } = call.attrs as unknown as Attributes // tfjs's op sets them
    const backend = asWasm(call.backend)
    const then = (kernelName: string, x: tf.TensorInfo, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap = {}) => {
      const made = tf.getKernel(kernelName, "wasm").kernelFunc({ inputs, attrs, backend: backend as object })
      backend.disposeData(x.dataId)
      return Array.isArray(made) ? x : made // kernels of one output
    }
    const product = matMul(backend, a, b, transposeA, transposeB)
    const x = bias === undefined || bias === null ? product : then("Add", product, { a: product, b: bias })
    switch (activation) {
      case "linear":
        return x
      case "prelu":
        return then("Prelu", x, { x, alpha })
      case "leakyrelu":
        return then("LeakyRelu", x, { x }, { alpha: leakyreluAlpha })
      default:
        return then(`${activation.slice(0, 1).toUpperCase()}${activation.slice(1)}`, x, { x })
    }
  },
}

interface Attributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly activation: string
  readonly leakyreluAlpha: number
}
