/** What the two kinds of GELU, and their gradients, do behind a bias. */
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import type { Code, Lanes } from "./assembler/Code.ts"
import { columnSums } from "./rows.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"

// --------------------------------------------------------- constructors

/** a = x + bias for every row of `x`, in place, and the activation of a: inputs `x` and `bias`, outputs a, which is the buffer of x, and the other. */
export const biasGelu = (
  kernelName: string,
  activation: (code: Code, a: Lanes) => Lanes,
): readonly tf.KernelConfig[] => {
  const activate = compile({
    wholes: ["rows", "width", "x", "bias", "out"],
    numbers: [],
    body: (code, { rows, width, bias, ...first }) => {
      const { add, advance, along, counter, repeat, times } = code
      const [x, out] = [counter(first.x), counter(first.out)]
      const stride = times(width, 4)
      repeat(rows, () => {
        along(width, (part) => {
          const a = add(part.load(x), part.load(bias))
          part.store(x, a)
          part.store(out, activation(code, a))
        })
        advance(x, stride)
        advance(out, stride)
      })
    },
  })
  return onHeap(kernelName, (heap, inputs) => {
    const [x, bias] = [inputOf(inputs, "x"), inputOf(inputs, "bias")]
    const out = heap.output(x.shape, "float32")
    heap.touch(x)
    heap.touch(bias)
    const [rows, width] = rowsOf(x.shape)
    activate(heap.backend, { rows, width, x: heap.place(x), bias: heap.place(bias), out: heap.place(out) })
    return [heap.same(x), out]
  })
}

/**
 * dx = dy slope(a) over dy, dbias = sum of dx over rows, and the activation of a over a: inputs `x` (a) and `dy`, outputs dx, which is the
 * buffer of dy, dbias, and the activation, which is that of x.
 */
export const biasGeluGrad = (
  kernelName: string,
  activationAndSlope: (code: Code, a: Lanes) => readonly [Lanes, Lanes],
): readonly tf.KernelConfig[] => {
  const differentiate = compile({
    wholes: ["rows", "width", "x", "dy", "total", "chunk"],
    numbers: [],
    body: (code, { rows, width, total, chunk, ...first }) => {
      const { add, advance, along, counter, mul, times } = code
      const [x, dy] = [counter(first.x), counter(first.dy)]
      const stride = times(width, 4)
      columnSums(code, { rows, count: width, chunk, total }, () => {
        along(width, (part) => {
          const [activated, slope] = activationAndSlope(code, part.load(x))
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
  return onHeap(kernelName, (heap, inputs) => {
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
}
