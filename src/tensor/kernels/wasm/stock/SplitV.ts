/** `SplitV` (split) by the runs of `Slice.ts`. The stock kernel calls the stock slice. */
import { implement, stockOn } from "../../implement.ts"
import { splitV as contract } from "../../spec/stock.ts"
import { tf } from "../../../tf.ts"
import { asWasm } from "../WasmBackend.ts"
import { take } from "./Slice.ts"

const stock = stockOn(contract, "wasm")

export const splitV = implement(contract, "wasm", asWasm, (backend, { x }, attributes) => {
  if (stock !== undefined && x.dtype === "string") return stock(backend, { x }, attributes)
  const axis = tf.util.parseAxisParam(attributes.axis, x.shape)[0] ?? 0
  let start = 0
  // tfjs's type requires a tensor, but it reads only the shape.
  return tf.backend_util
    .prepareSplitSize({ shape: x.shape } as tf.Tensor, attributes.numOrSizeSplits, axis)
    .map((part) => {
      const begin = x.shape.map((_, i) => (i === axis ? start : 0))
      const size = x.shape.map((whole, i) => (i === axis ? part : whole))
      start += part
      return take(backend, x, begin, size)
    })
})
