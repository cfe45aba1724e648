/**
 * `BijouBiasGelu`: a = x + bias for every row, in place, and gelu(a) with the bits of `BijouGelu`; x must be the caller's own.
 *
 * Inputs `x` (float32 [..., width]) and `bias` (float32 [width]). Outputs a, which is the buffer of x, and gelu(a).
 */
import { inputOf } from "../typed/fromTyped.ts"
import { cumulative } from "./normal.ts"
import { compile, onHeap, rowsOf } from "./Routine.ts"

export const bijouBiasGelu = onHeap("BijouBiasGelu", (heap, inputs) => {
  const [x, bias] = [inputOf(inputs, "x"), inputOf(inputs, "bias")]
  const out = heap.output(x.shape, "float32")
  heap.touch(x)
  heap.touch(bias)
  const [rows, width] = rowsOf(x.shape)
  activate(heap.backend, { rows, width, x: heap.place(x), bias: heap.place(bias), out: heap.place(out) })
  return [heap.same(x), out]
})

const activate = compile({
  wholes: ["rows", "width", "x", "bias", "out"],
  numbers: [],
  body: (code, { rows, width, bias, ...first }) => {
    const { add, advance, along, counter, mul, repeat, times } = code
    const [x, out] = [counter(first.x), counter(first.out)]
    const stride = times(width, 4)
    repeat(rows, () => {
      along(width, (part) => {
        const a = add(part.load(x), part.load(bias))
        part.store(x, a)
        part.store(out, mul(a, cumulative(code, a)))
      })
      advance(x, stride)
      advance(out, stride)
    })
  },
})
