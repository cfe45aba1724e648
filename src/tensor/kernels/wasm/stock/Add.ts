/**
 * `Add` in lanes for two float32 tensors of one shape, of which a step has hundreds. The stock kernel computes all
 * other sums, with the same bits.
 */
import { sameShape, sizeOf } from "../../../../exact/frame.ts"
import { stockOn } from "../../implement.ts"
import { add as contract } from "../../spec/stock.ts"
import type { WasmBackend } from "../WasmBackend.ts"
import { compile } from "../assembler/Routine.ts"
import { heapOf, onHeap } from "../Heap.ts"

const stock = stockOn(contract, "wasm")

export const add = onHeap(contract, (heap, { a, b }) => {
  if (stock !== undefined && (a.dtype !== "float32" || b.dtype !== "float32" || !sameShape(a.shape, b.shape)))
    return stock(heap.backend, { a, b }, {})
  const out = heap.output(a.shape, "float32")
  heap.touch(a)
  heap.touch(b)
  addUp(heap.backend, { count: sizeOf(a.shape), a: heap.place(a), b: heap.place(b), out: heap.place(out) })
  return out
})

/** Adds an array to another of the same size in place. It copies pieces to the heap that fit into the cache. */
export const addArrays = (backend: WasmBackend, left: Float32Array, right: Float32Array): void =>
  heapOf(backend).scratch(2 * NEAR, (place) => {
    const { numbers } = heapOf(backend)
    for (let first = 0; first < left.length; first += NEAR) {
      const part = left.subarray(first, first + NEAR)
      const sum = numbers(place, part.length)
      sum.set(part)
      numbers(place + 4 * NEAR, part.length).set(right.subarray(first, first + part.length))
      addUp(backend, { count: part.length, a: place, b: place + 4 * NEAR, out: place })
      part.set(sum)
    }
  })

/** The number of elements in 64 KiB. */
const NEAR = 2 ** 14

/** Sums `count` elements at a and at b into `out`, which may be a or b. */
export const addUp = compile({
  integers: ["count", "a", "b", "out"],
  numbers: [],
  body: ({ add, along }, { count, a, b, out }) =>
    along(count, (part) => part.store(out, add(part.load(a), part.load(b)))),
})
