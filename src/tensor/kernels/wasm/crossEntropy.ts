/**
 * `BijouCrossEntropy`: the mean over rows of log(sum of exp(x)) - x[target], within 1e-6 of the largest |x|; rows are added in float64.
 *
 * Inputs `logits` (float32 [..., classes]) and `targets` (int32, one for each row). Output float32 []. A target that is no class throws.
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { power } from "./normal.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"

export const bijouCrossEntropy = onHeap("BijouCrossEntropy", (heap, inputs) => {
  const [logits, targets] = [inputOf(inputs, "logits"), inputOf(inputs, "targets")]
  const [rows, classes] = rowsOf(logits.shape)
  const out = heap.output([], "float32")
  return heap.scratch(2 * rows, (found) => {
    heap.touch(logits)
    heap.touch(targets)
    summarize(heap.backend, { rows, classes, logits: heap.place(logits), found })
    const [x, ids, greatest, sums] = [
      heap.view(logits),
      heap.view(targets),
      heap.numbers(found, rows),
      heap.numbers(found + 4 * rows, rows),
    ]
    let loss = 0
    for (const [r, most] of greatest.entries()) {
      const target = ids[r] ?? NaN
      if (!(target >= 0 && target < classes))
        throw new Error(`The target of row ${r} is class ${target}, but there are the classes 0 to ${classes - 1}.`)
      loss += most + Math.log(sums[r] ?? NaN) - (x[r * classes + target] ?? NaN)
    }
    heap.view(out)[0] = loss / rows
    return out
  })
})

/** The greatest of every row, and the sum of the exponentials of what each is below it. */
const summarize = compile({
  wholes: ["rows", "classes", "logits", "found"],
  numbers: [],
  body: (code, { rows, classes, logits, found }) => {
    const { advance, constant, counter, greatest, mul, plus, repeat, storeOne, sub, sum, times } = code
    const [row, mosts, sums] = [counter(logits), counter(found), counter(plus(found, times(rows, 4)))]
    repeat(rows, () => {
      const most = greatest(classes, (part) => part.load(row))
      storeOne(mosts, most)
      storeOne(
        sums,
        sum(classes, (part) => power(code, mul(sub(part.load(row), most), constant(Math.LOG2E)))),
      )
      advance(row, times(classes, 4))
      advance(mosts, 4)
      advance(sums, 4)
    })
  },
})
