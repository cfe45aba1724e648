/** The mean cross-entropy in lanes, within 1e-6 of the largest |logit|. Rows are summed in float64. */
import { crossEntropy, crossEntropyGrad } from "../spec/crossEntropy.ts"
import { power } from "./normal.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"
import { rowsOf } from "../spec/Outcome.ts"

export const bijouCrossEntropy = onHeap(crossEntropy, (heap, { logits, targets }) => {
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
        throw new Error(`The target of row ${r} is class ${target}, but the classes are 0 to ${classes - 1}.`)
      loss += most + Math.log(sums[r] ?? NaN) - (x[r * classes + target] ?? NaN)
    }
    heap.view(out)[0] = loss / rows
    return out
  })
})

/** Computes the maximum of each row, and the sum of the exponentials of its logits minus the maximum. */
const summarize = compile({
  integers: ["rows", "classes", "logits", "found"],
  numbers: [],
  body: (code, { rows, classes, logits, found }) => {
    const { advance, constant, counter, greatest, i32, mul, repeat, storeOne, sub, sum } = code
    const [row, mosts, sums] = [counter(logits), counter(found), counter(i32.add(found, i32.mul(rows, 4)))]
    repeat(rows, () => {
      const most = greatest(classes, (part) => part.load(row))
      storeOne(mosts, most)
      storeOne(
        sums,
        sum(classes, (part) => power(code, mul(sub(part.load(row), most), constant(Math.LOG2E)))),
      )
      advance(row, i32.mul(classes, 4))
      advance(mosts, 4)
      advance(sums, 4)
    })
  },
})

export const bijouCrossEntropyGrad = onHeap(crossEntropyGrad, (heap, { logits, targets, dy }) => {
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
  integers: ["rows", "classes", "logits", "out"],
  numbers: ["weight"],
  body: (code, { rows, classes, logits, out }, { weight }) => {
    const { advance, along, constant, counter, div, greatest, i32, mul, repeat, sub, sum } = code
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
      for (const pointer of [row, dx]) advance(pointer, i32.mul(classes, 4))
    })
  },
})
