/**
 * `BijouBiasGeluGrad`: the gradients of gelu(x + bias), given a = x + bias: dx = dy gelu'(a), with the bits of `BijouGeluGrad`, and
 * dbias = sum of dx over rows. dx is written over dy and gelu(a), which the gradient of the next weight needs, over a: both must be the
 * caller's own.
 *
 * Inputs `x` (a) and `dy` (float32 [..., width]). Outputs dx, which is the buffer of dy, dbias, and gelu(a), which is that of x.
 */
import { inputOf } from "../typed/fromTyped.ts"
import { geluAndSlope } from "./normal.ts"
import { columnSums } from "./rows.ts"
import { compile, onHeap, rowsOf } from "./Routine.ts"

export const bijouBiasGeluGrad = onHeap("BijouBiasGeluGrad", (heap, inputs) => {
  const [x, dy] = [inputOf(inputs, "x"), inputOf(inputs, "dy")]
  const [rows, width] = rowsOf(x.shape)
  const dbias = heap.output([width], "float32")
  return heap.scratch(width, (chunk) => {
    heap.touch(x)
    heap.touch(dy)
    const places = { x: heap.place(x), dy: heap.place(dy), total: heap.place(dbias), chunk }
    differentiate(heap.backend, { rows, width, ...places })
    return [heap.same(dy), dbias, heap.same(x)]
  })
})

const differentiate = compile({
  wholes: ["rows", "width", "x", "dy", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, total, chunk, ...first }) => {
    const { add, advance, along, counter, mul, times } = code
    const [x, dy] = [counter(first.x), counter(first.dy)]
    const stride = times(width, 4)
    columnSums(code, { rows, count: width, chunk, total }, () => {
      along(width, (part) => {
        const [activated, slope] = geluAndSlope(code, part.load(x))
        const dx = mul(part.load(dy), slope)
        part.store(x, activated)
        part.store(dy, dx)
        part.store(chunk, add(part.load(chunk), dx))
      })
      advance(x, stride)
      advance(dy, stride)
    })
  },
})
