/** `BijouInverse` (see `typed/BijouInverse.ts`), where every sample is whole words. */
import { sizeOf } from "../../../exact/frame.ts"
import { inverse } from "../typed/BijouInverse.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { asStep } from "../typed/step.ts"
import { fromBoth } from "./fromBoth.ts"
import { unpackWords, WORD } from "./parities.ts"
import { compile, further } from "./Routine.ts"
import { drift } from "./step.ts"

export const bijouInverse = fromBoth("BijouInverse", inverse, (heap, inputs, attrs) => {
  const [x, next, h] = [inputOf(inputs, "x"), inputOf(inputs, "next"), inputOf(inputs, "h")]
  const words = inputOf(inputs, "words")
  const { gamma, own, change, step } = asStep(attrs)
  const count = sizeOf(x.shape) / WORD / gamma.length
  if (!Number.isInteger(count)) return null
  const out = heap.output(x.shape, "float32")
  for (const input of [x, next, h, words]) heap.touch(input)
  const { place } = heap
  const places = { x: place(x), next: place(next), h: place(h), previous: place(out) }
  for (const [i, g] of gamma.entries())
    retreat(heap.backend, {
      ...further(places, 4 * WORD * count * i),
      words: place(words) + 4 * count * i,
      ...{ count, back: 1 / g, own: own[i] ?? NaN, change: change[i] ?? NaN, step },
    })
  return out
})

const retreat = compile({
  wholes: ["count", "x", "next", "h", "previous", "words"],
  numbers: ["back", "own", "change", "step"],
  body: (code, { count, words, x, next, h, previous }, { back, ...given }) => {
    const { add, both, constant, load, mul, store, sub } = code
    const rows = [x, next, h, previous]
    unpackWords(code, { count, words, rows }, ({ offset }, odds, [now = x, after = x, by = x, to = x]) => {
      const rest = sub(load(after, offset), drift(code, { ...given, x: load(now, offset), h: load(by, offset) }))
      store(to, add(sub(mul(rest, back), both(odds, given.step)), constant(0)), offset)
    })
  },
})
