/** AdamW in lanes, with the bits of the same tfjs operations. */
import { sizeOf } from "../../../exact/frame.ts"
import { adamW } from "../spec/adamW.ts"
import type { One } from "../spec/Kernel.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"

const NUMBERS = ["beta1", "rest1", "beta2", "rest2", "keep", "rate", "correction", "epsilon"] as const

export const bijouAdamW = onHeap(adamW, (heap, inputs, attributes) => {
  const { p, m, v, grad, shrink } = inputs
  // map returns three
  const [pNext, mNext, vNext] = [p, m, v].map(({ shape }) => heap.output(shape, "float32")) as [One, One, One]
  for (const input of [p, m, v, grad, shrink]) heap.touch(input)
  const { place } = heap
  step(heap.backend, {
    ...attributes,
    ...{ count: sizeOf(p.shape), p: place(p), m: place(m), v: place(v), grad: place(grad), shrink: place(shrink) },
    ...{ pNext: place(pNext), mNext: place(mNext), vNext: place(vNext) },
  })
  return [pNext, mNext, vNext] as const
})

const step = compile({
  integers: ["count", "p", "m", "v", "grad", "shrink", "pNext", "mNext", "vNext"],
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
