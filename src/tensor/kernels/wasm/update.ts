/** `BijouUpdate` (see `typed/BijouUpdate.ts`), where every sample is whole words. */
import { sizeOf } from "../../../exact/frame.ts"
import { update } from "../cpu/update.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { asStep } from "../cpu/step.ts"
import { fromBoth } from "./fromBoth.ts"
import { oddsOf, packWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"
import { overSamples, withNumbers } from "./samples.ts"
import { drift } from "./step.ts"

export const bijouUpdate = fromBoth("BijouUpdate", update, (heap, inputs, attrs) => {
  const [previous, x, h] = [inputOf(inputs, "previous"), inputOf(inputs, "x"), inputOf(inputs, "h")]
  const { gamma, own, change, scale, step } = asStep(attrs)
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
})

const advance = compile({
  wholes: ["samples", "count", "given", "previous", "x", "h", "next", "words"],
  numbers: ["half", "step"],
  body: (code, { samples, count, given, words, previous, x, h, next }, { half, step }) => {
    const { add, both, load, mul, store, times } = code
    const [bytes, bits] = [times(count, 4 * WORD), times(count, 4)]
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
          const lifted = mul(add(start, both(odds, step)), gamma)
          const drifted = drift(code, { ...each, step, x: load(at.x, offset), h: load(at.h, offset) })
          store(at.next, add(lifted, drifted), offset)
          return odds
        }),
    )
  },
})
