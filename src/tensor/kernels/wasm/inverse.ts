/** The inverse of a BDIA step in lanes, if every sample fills complete words. */
import { sizeOf } from "../../../exact/frame.ts"
import { inverseLoop } from "../cpu/inverse.ts"
import { inverse } from "../spec/inverse.ts"
import { inLanes } from "./Heap.ts"
import { unpackWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"
import { overSamples, withNumbers } from "./samples.ts"
import { drifted } from "./drift.ts"

export const bijouInverse = inLanes(
  inverse,
  inverseLoop,
  (heap, { x, next, h, words }, { gamma, own, change, step }) => {
    const count = sizeOf(x.shape) / WORD / gamma.length
    if (!Number.isInteger(count)) return null
    const out = heap.output(x.shape, "float32")
    const { place } = heap
    const back = gamma.map((g) => 1 / g)
    return withNumbers(heap, [back, own, change], gamma.length, (given) => {
      for (const input of [x, next, h, words]) heap.touch(input)
      const places = { x: place(x), next: place(next), h: place(h), previous: place(out), words: place(words) }
      retreat(heap.backend, { ...places, samples: gamma.length, count, given, step })
      return out
    })
  },
)

const retreat = compile({
  integers: ["samples", "count", "given", "x", "next", "h", "previous", "words"],
  numbers: ["step"],
  body: (code, { samples, count, given, words, x, next, h, previous }, { step }) => {
    const { add, and, constant, i32, load, mul, store, sub } = code
    const [bytes, bits] = [i32.mul(count, 4 * WORD), i32.mul(count, 4)]
    const rows = {
      ...({ x: [x, bytes], next: [next, bytes], h: [h, bytes], previous: [previous, bytes] } as const),
      words: [words, bits] as const,
    }
    overSamples(
      code,
      { samples, given, names: ["back", "own", "change"], rows },
      ({ back, ...each }, { words: plane, ...tensors }) =>
        unpackWords(code, { count, words: plane, rows: tensors }, ({ offset }, odds, at) => {
          const moved = drifted(code, { ...each, step, x: load(at.x, offset), h: load(at.h, offset) })
          const rest = mul(sub(load(at.next, offset), moved), back)
          store(at.previous, add(sub(rest, and(odds, step)), constant(0)), offset)
        }),
    )
  },
})
