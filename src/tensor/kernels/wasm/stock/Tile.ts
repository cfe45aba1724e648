/**
 * `Tile`, which also serves broadcastTo. Each block is written once and then copied in place. The stock kernel takes
 * 100 ns per element.
 */
import { implement } from "../../implement.ts"
import { tile as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { bitsOf } from "../../cpu/Access.ts"
import { asWasm, fromWasm } from "../WasmBackend.ts"

export const tile = implement(contract, "wasm", asWasm, (backend, { x }, { reps }) => {
  const repeats = (axis: number) => reps[axis] ?? 1
  const shape = x.shape.map((size, axis) => size * repeats(axis))
  const access = fromWasm(backend)
  const out = access.output(shape, x.dtype)
  if (sizeOf(shape) === 0) return out
  access.touch(x)
  const from = bitsOf(access, x)
  const to = bitsOf(access, out)
  const rank = x.shape.length
  // The axes from `whole` do not repeat, so they are one run.
  let whole = rank
  while (whole > 0 && repeats(whole - 1) === 1) whole--
  const sizesIn = Array.from({ length: rank + 1 }, (_, axis) => sizeOf(x.shape.slice(axis)))
  const sizesOut = Array.from({ length: rank + 1 }, (_, axis) => sizeOf(shape.slice(axis)))
  const write = (axis: number, f: number, t: number): void => {
    const [innerIn, innerOut] = [sizesIn[axis + 1] ?? 1, sizesOut[axis + 1] ?? 1]
    if (axis >= whole) {
      const length = sizesIn[axis] ?? 1
      if (length === 1) to[t] = from[f] ?? 0
      else to.set(from.subarray(f, f + length), t)
      return
    }
    const size = x.shape[axis] ?? 1
    if (innerIn === 1 && innerOut === 1) {
      if (size === 1) {
        to.fill(from[f] ?? 0, t, t + repeats(axis))
        return
      }
      to.set(from.subarray(f, f + size), t)
    } else for (let i = 0; i < size; i++) write(axis + 1, f + i * innerIn, t + i * innerOut)
    const block = size * innerOut
    for (let r = 1; r < repeats(axis); r++) to.copyWithin(t + r * block, t, t + block)
  }
  write(0, 0, 0)
  return out
})
