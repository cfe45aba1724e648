/**
 * `Add` in lanes for two float32 tensors of one shape, of which a step has some hundreds; the stock kernel does all others, with the same bits.
 *
 * Inputs `a` and `b`.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { compile, onHeap } from "./Routine.ts"

const stock = tf.getKernel("Add", "wasm")

export const add = onHeap("Add", (heap, inputs, attrs) => {
  const [a, b] = [inputOf(inputs, "a"), inputOf(inputs, "b")]
  if (a.dtype !== "float32" || b.dtype !== "float32" || !sameShape(a.shape, b.shape))
    return stock.kernelFunc({ inputs, backend: heap.backend, attrs: attrs as tf.NamedAttrMap })
  const out = heap.output(a.shape, "float32")
  heap.touch(a)
  heap.touch(b)
  addUp(heap.backend, { count: sizeOf(a.shape), a: heap.place(a), b: heap.place(b), out: heap.place(out) })
  return out
})

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis])

/** The sum of `count` elements at a and at b, which may be those at `out`. */
export const addUp = compile({
  wholes: ["count", "a", "b", "out"],
  numbers: [],
  body: ({ add, along }, { count, a, b, out }) =>
    along(count, (part) => part.store(out, add(part.load(a), part.load(b)))),
})
