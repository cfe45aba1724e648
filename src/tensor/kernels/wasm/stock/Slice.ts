/**
 * `Slice` by copies of contiguous runs of the heap. The stock kernel reads single elements, and is slow above rank
 * four.
 */
import { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { bitsOf } from "../../cpu/Access.ts"
import { implement, stockOn } from "../../implement.ts"
import { slice as contract } from "../../spec/stock.ts"
import { asWasm, fromWasm, type WasmBackend } from "../WasmBackend.ts"

const stock = stockOn(contract, "wasm")

export const slice = implement(contract, "wasm", asWasm, (backend, { x }, attributes) => {
  if (stock !== undefined && x.dtype === "string") return stock(backend, { x }, attributes)
  const [begin = [], size = []] = tf.slice_util.parseSliceParams(x, attributes.begin, attributes.size)
  tf.slice_util.assertParamsValid(x, begin, size)
  return take(backend, x, begin, size)
})

/** Returns the box of the given sizes that starts at `begin`. */
export const take = (
  backend: WasmBackend,
  x: tf.TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): tf.TensorInfo => {
  const access = fromWasm(backend)
  const out = access.output(size, x.dtype)
  if (sizeOf(size) === 0) return out
  access.touch(x)
  const from = bitsOf(access, x)
  const to = bitsOf(access, out)
  // All axes from `whole` are taken completely, so axis `whole` - 1 is one run of such elements.
  let whole = x.shape.length
  while (whole > 0 && size[whole - 1] === x.shape[whole - 1]) whole--
  const strides = x.shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)))
  const inner = Math.max(0, whole - 1)
  const length = sizeOf(size.slice(inner))
  let t = 0
  const copy = (axis: number, f: number): void => {
    const at = f + (begin[axis] ?? 0) * (strides[axis] ?? 0)
    if (axis < inner) for (let i = 0; i < (size[axis] ?? 0); i++) copy(axis + 1, at + i * (strides[axis] ?? 0))
    else {
      if (length >= 128) to.set(from.subarray(at, at + length), t)
      else for (let j = 0; j < length; j++) to[t + j] = from[at + j] ?? 0
      t += length
    }
  }
  copy(0, 0)
  return out
}
