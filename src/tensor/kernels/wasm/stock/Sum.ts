/**
 * `Sum` over the leading axes of a float32 tensor, which every bias gradient is. Rows are added in order, in float64,
 * and rounded once.
 *
 * The stock kernel would transpose first. It computes all other sums.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { implement, stockOn } from "../../implement.ts"
import { sum as contract } from "../../spec/stock.ts"
import { asWasm, fromWasm } from "../WasmBackend.ts"

const stock = stockOn(contract, "wasm")

export const sum = implement(contract, "wasm", asWasm, (backend, { x }, attributes) => {
  const rank = x.shape.length
  const axes = tf.util.parseAxisParam(attributes.axis, x.shape)
  const leading = axes.length < rank && [...axes].sort((p, q) => p - q).every((axis, i) => axis === i)
  if (stock !== undefined && (x.dtype !== "float32" || axes.length === 0 || !leading))
    return stock(backend, { x }, attributes)

  const rest = x.shape.slice(axes.length)
  const access = fromWasm(backend)
  const out = access.output(attributes.keepDims ? [...axes.map(() => 1), ...rest] : rest, "float32")
  const values = access.view(x)
  const width = sizeOf(rest)
  if (width === 0) return out
  const sums = new Float64Array(width)
  let at = 0
  // Four rows per pass keep the order, and read and write the sums a quarter as often.
  for (; at + 4 * width <= values.length; at += 4 * width)
    for (let j = 0; j < width; j++) {
      const i = at + j
      sums[j] = sums[j]! + values[i]! + values[i + width]! + values[i + 2 * width]! + values[i + 3 * width]!
    }
  for (; at < values.length; at += width) for (let j = 0; j < width; j++) sums[j]! += values[at + j]!
  access.view(out).set(sums)
  return out
})
