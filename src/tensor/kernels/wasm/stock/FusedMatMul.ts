/**
 * `_FusedMatMul` of batches, as a matmul, a sum and an activation. The stock kernel computes a single matmul, adds the
 * bias of batches and of transposed matrices at wrong positions, and does not broadcast them.
 */
import { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { implement, stockOn } from "../../implement.ts"
import { fusedMatMul as contract, stock as stockContract } from "../../spec/stock.ts"
import { asWasm } from "../WasmBackend.ts"
import { matMul } from "./BatchMatMul.ts"

const stock = stockOn(contract, "wasm")

export const fusedMatMul = implement(contract, "wasm", asWasm, (backend, inputs, attributes) => {
  const { a, b, bias, preluActivationWeights: alpha } = inputs
  const isSingle = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1
  const { transposeA, transposeB, activation, leakyreluAlpha } = attributes
  const isPlain = isSingle && (bias === undefined || bias === null || !(transposeA || transposeB))
  if (stock !== undefined && (isPlain || a.dtype !== "float32" || b.dtype !== "float32"))
    return stock(backend, inputs, attributes)
  const then = (kernelName: string, x: tf.TensorInfo, given: object, attrs: object = {}) => {
    // The contract of TensorFlow.js's operation has these inputs.
    const next = stockOn(contractOf(kernelName), "wasm")?.(backend, given, attrs) ?? x
    backend.disposeData(x.dataId)
    return next
  }
  const product = matMul(backend, a, b, transposeA, transposeB)
  const x = bias === undefined || bias === null ? product : then(tf.Add, product, { a: product, b: bias })
  switch (activation) {
    case "linear":
      return x
    case "prelu":
      return then(tf.Prelu, x, { x, alpha })
    case "leakyrelu":
      return then(tf.LeakyRelu, x, { x }, { alpha: leakyreluAlpha })
    default:
      return then(ACTIVATIONS[activation], x, { x })
  }
})

const ACTIVATIONS = { relu: tf.Relu, relu6: tf.Relu6, elu: tf.Elu, sigmoid: tf.Sigmoid } as const

const contractOf = (name: string) => stockContract<object, object>(name)
