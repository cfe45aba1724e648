/** A BDIA step in lanes, if every sample fills complete words. */
import { sizeOf } from "../../../exact/frame.ts"
import { updateLoop } from "../cpu/update.ts"
import { update } from "../spec/update.ts"
import { inLanes } from "./Heap.ts"
import { oddsOf, packWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"
import { overSamples, withNumbers } from "./samples.ts"
import { drifted } from "./drift.ts"

export const bijouUpdate = inLanes(
  update,
  updateLoop,
  (heap, { previous, x, h }, { gamma, own, change, scale, step }) => {
    const count = sizeOf(x.shape) / WORD / gamma.length
    if (!Number.isInteger(count)) return null
    const [next, words] = [heap.output(x.shape, "float32"), heap.output([count * gamma.length], "int32")]
    const { place } = heap
    return withNumbers(heap, [gamma, own, change], gamma.length, (given) => {
      for (const input of [previous, x, h]) heap.touch(input)
      const places = { previous: place(previous), x: place(x), h: place(h), next: place(next), words: place(words) }
      advance(heap.backend, { ...places, samples: gamma.length, count, given, half: scale / 2, step })
      return [next, words]
    })
  },
)

const advance = compile({
  integers: ["samples", "count", "given", "previous", "x", "h", "next", "words"],
  numbers: ["half", "step"],
  body: (code, { samples, count, given, words, previous, x, h, next }, { half, step }) => {
    const { add, and, i32, load, mul, store } = code
    const [bytes, bits] = [i32.mul(count, 4 * WORD), i32.mul(count, 4)]
    const rows = {
      ...({ previous: [previous, bytes], x: [x, bytes], h: [h, bytes], next: [next, bytes] } as const),
      words: [words, bits] as const,
    }
    overSamples(
      code,
      { samples, given, names: ["gamma", "own", "change"], rows },
      ({ gamma, ...each }, { words: plane, ...tensors }) =>
        packWords(code, { count, words: plane, rows: tensors }, ({ offset }, at) => {
          const start = load(at.previous, offset)
          const odds = oddsOf(code, start, half)
          const lifted = mul(add(start, and(odds, step)), gamma)
          const moved = drifted(code, { ...each, step, x: load(at.x, offset), h: load(at.h, offset) })
          store(at.next, add(lifted, moved), offset)
          return odds
        }),
    )
  },
})
