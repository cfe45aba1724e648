/**
 * `BijouAdamW`: one step of AdamW on one parameter, with the bits of the same operations of tfjs.
 *
 *     g = grad shrink,   m' = beta1 m + rest1 g,   v' = beta2 v + rest2 g^2
 *     p' = keep p - rate m' / (sqrt(correction v') + epsilon)
 *
 * Inputs `p`, `m`, `v`, `grad` (float32, of one shape) and `shrink` (float32 []); the other numbers are attributes. Outputs p', m', v'.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onHeap } from "./assembler/Routine.ts"

const NUMBERS = ["beta1", "rest1", "beta2", "rest2", "keep", "rate", "correction", "epsilon"] as const

export const bijouAdamW = onHeap("BijouAdamW", (heap, inputs, attrs) => {
  const given = ["p", "m", "v", "grad", "shrink"].map((name) => inputOf(inputs, name))
  const shape = given[0]?.shape ?? []
  const next = ["p", "m", "v"].map(() => heap.output(shape, "float32"))
  for (const input of given) heap.touch(input)
  const [p = 0, m = 0, v = 0, grad = 0, shrink = 0, pNext = 0, mNext = 0, vNext = 0] = [...given, ...next].map(
    heap.place,
  )
  const numbers = attrs as Readonly<Record<(typeof NUMBERS)[number], number>> // the attributes are ours
  step(heap.backend, { ...numbers, count: sizeOf(shape), p, m, v, grad, shrink, pNext, mNext, vNext })
  return next
})

const step = compile({
  wholes: ["count", "p", "m", "v", "grad", "shrink", "pNext", "mNext", "vNext"],
  numbers: NUMBERS,
  body: ({ add, along, div, mul, splat, sqrt, sub }, { count, p, m, v, grad, shrink, pNext, mNext, vNext }, given) => {
    const { beta1, rest1, beta2, rest2, keep, rate, correction, epsilon } = given
    const factor = splat(shrink)
    along(count, (part) => {
      const g = mul(part.load(grad), factor)
      const mean = add(mul(part.load(m), beta1), mul(g, rest1))
      const square = add(mul(part.load(v), beta2), mul(mul(g, g), rest2))
      const scale = add(sqrt(mul(square, correction)), epsilon)
      part.store(pNext, sub(mul(part.load(p), keep), div(mul(mean, rate), scale)))
      part.store(mNext, mean)
      part.store(vNext, square)
    })
  },
})
