/**
 * `BijouLayerNorm`: (x - mean) / sqrt(variance + 1e-5) * gain + bias for every row, within 2e-6 of the largest value of the row.
 *
 * Inputs `x` (float32 [..., width]), `gain` and `bias` (float32 [width]).
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"
import { moments } from "./rows.ts"

export const bijouLayerNorm = onHeap("BijouLayerNorm", (heap, inputs) => {
  const [x, gain, bias] = [inputOf(inputs, "x"), inputOf(inputs, "gain"), inputOf(inputs, "bias")]
  const out = heap.output(x.shape, "float32")
  const [rows, width] = rowsOf(x.shape)
  for (const input of [x, gain, bias]) heap.touch(input)
  const { place } = heap
  normalize(heap.backend, { rows, width, x: place(x), gain: place(gain), bias: place(bias), out: place(out) })
  return out
})

const normalize = compile({
  wholes: ["rows", "width", "x", "gain", "bias", "out"],
  numbers: [],
  body: (code, { rows, width, gain, bias, ...first }) => {
    const { add, advance, along, counter, mul, repeat, sub, times } = code
    const [x, out] = [counter(first.x), counter(first.out)]
    const stride = times(width, 4)
    repeat(rows, () => {
      const { mean, scale } = moments(code, x, width)
      along(width, (part) => {
        const normal = mul(sub(part.load(x), mean), scale)
        part.store(out, add(mul(normal, part.load(gain)), part.load(bias)))
      })
      advance(x, stride)
      advance(out, stride)
    })
  },
})
