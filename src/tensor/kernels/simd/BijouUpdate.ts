/** `BijouUpdate` (see `typed/BijouUpdate.ts`), where every sample is whole words. */
import { sizeOf } from "../../../exact/frame.ts"
import { update } from "../typed/BijouUpdate.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { asStep } from "../typed/step.ts"
import { fromBoth } from "./fromBoth.ts"
import { oddsOf, packWords, WORD } from "./parities.ts"
import { compile, further } from "./Routine.ts"
import { drift } from "./step.ts"

export const bijouUpdate = fromBoth("BijouUpdate", update, (heap, inputs, attrs) => {
  const [previous, x, h] = [inputOf(inputs, "previous"), inputOf(inputs, "x"), inputOf(inputs, "h")]
  const { gamma, own, change, scale, step } = asStep(attrs)
  const count = sizeOf(x.shape) / WORD / gamma.length
  if (!Number.isInteger(count)) return null
  const [next, words] = [heap.output(x.shape, "float32"), heap.output([count * gamma.length], "int32")]
  for (const input of [previous, x, h]) heap.touch(input)
  const { place } = heap
  const places = { previous: place(previous), x: place(x), h: place(h), next: place(next) }
  for (const [i, g] of gamma.entries())
    advance(heap.backend, {
      ...further(places, 4 * WORD * count * i),
      words: place(words) + 4 * count * i,
      ...{ count, gamma: g, own: own[i] ?? NaN, change: change[i] ?? NaN, half: scale / 2, step },
    })
  return [next, words]
})

const advance = compile({
  wholes: ["count", "previous", "x", "h", "next", "words"],
  numbers: ["gamma", "own", "change", "half", "step"],
  body: (code, { count, words, previous, x, h, next }, { gamma, half, ...given }) => {
    const { add, both, load, mul, store } = code
    packWords(
      code,
      { count, words, rows: [previous, x, h, next] },
      ({ offset }, [before = x, now = x, by = x, to = x]) => {
        const start = load(before, offset)
        const odds = oddsOf(code, start, half)
        const lifted = add(start, both(odds, given.step))
        store(to, add(mul(lifted, gamma), drift(code, { ...given, x: load(now, offset), h: load(by, offset) })), offset)
        return odds
      },
    )
  },
})
