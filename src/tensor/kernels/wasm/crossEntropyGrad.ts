/**
 * `BijouCrossEntropyGrad`: (softmax(x) - one at the target) dy / rows, the gradient of `BijouCrossEntropy`.
 *
 * Inputs `logits` (float32 [..., classes]), `targets` (int32, one for each row, all of them classes) and `dy` (float32 []).
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { power } from "./normal.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"

export const bijouCrossEntropyGrad = onHeap("BijouCrossEntropyGrad", (heap, inputs) => {
  const [logits, targets, dy] = [inputOf(inputs, "logits"), inputOf(inputs, "targets"), inputOf(inputs, "dy")]
  const [rows, classes] = rowsOf(logits.shape)
  const out = heap.output(logits.shape, "float32")
  for (const input of [logits, targets, dy]) heap.touch(input)
  const weight = (heap.view(dy)[0] ?? NaN) / rows
  differentiate(heap.backend, { rows, classes, logits: heap.place(logits), out: heap.place(out), weight })
  const [dx, ids] = [heap.view(out), heap.view(targets)]
  for (let r = 0; r < rows; r++) {
    const place = r * classes + (ids[r] ?? NaN)
    dx[place] = (dx[place] ?? NaN) - weight
  }
  return out
})

const differentiate = compile({
  wholes: ["rows", "classes", "logits", "out"],
  numbers: ["weight"],
  body: (code, { rows, classes, logits, out }, { weight }) => {
    const { advance, along, constant, counter, div, greatest, mul, repeat, sub, sum, times } = code
    const [row, dx] = [counter(logits), counter(out)]
    repeat(rows, () => {
      const most = greatest(classes, (part) => part.load(row))
      const total = sum(classes, (part) => {
        const e = power(code, mul(sub(part.load(row), most), constant(Math.LOG2E)))
        part.store(dx, e)
        return e
      })
      const share = div(weight, total)
      along(classes, (part) => part.store(dx, mul(part.load(dx), share)))
      for (const pointer of [row, dx]) advance(pointer, times(classes, 4))
    })
  },
})
