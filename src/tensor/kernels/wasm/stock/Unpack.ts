/**
 * `Unpack` (unstack) by copies of contiguous runs of the heap. The stock kernel makes one slice per part, which is slow
 * above rank four.
 */
import { implement } from "../../implement.ts"
import { unpack as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { bitsOf } from "../../cpu/Access.ts"
import { asWasm, fromWasm } from "../WasmBackend.ts"

export const unpackKernel = implement(contract, "wasm", asWasm, (backend, { value: x }, { axis: given }) => {
  const axis = given < 0 ? given + x.shape.length : given
  const parts = x.shape[axis] ?? 0
  const access = fromWasm(backend)
  const shape = x.shape.filter((_, i) => i !== axis)
  const outs = Array.from({ length: parts }, () => access.output(shape, x.dtype))
  access.touch(x)
  const length = sizeOf(x.shape.slice(axis + 1))
  const count = sizeOf(x.shape.slice(0, axis))
  const from = bitsOf(access, x)
  outs.forEach((out, part) => {
    const to = bitsOf(access, out)
    for (let i = 0; i < count; i++) {
      const f = (i * parts + part) * length
      if (length >= 128) to.set(from.subarray(f, f + length), i * length)
      else for (let j = 0; j < length; j++) to[i * length + j] = from[f + j] ?? 0
    }
  })
  return outs
})
