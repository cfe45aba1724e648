/**
 * Gradients on WebGPU, which has no synchronous reads. They must equal those of cpu, which are derivatives. The cases
 * are the gradients that this package replaces and those that add up over places.
 */
import fc from "fast-check"
import { tf, useBackend } from "bijou/tensor"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { trials, type Trial } from "./derivatives.cases.ts"
import { gradientsOf } from "./derivatives.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

const names = [
  ...["div no nan", "floor div", "sum", "max", "min", "prod", "cumsum", "broadcast to", "tile", "unstack", "split"],
  ...[
    "mirror pad",
    "gather",
    "gather in batches",
    "gather by a cast input",
    "unsorted segment sum",
    "mat mul",
    "conv 2d",
  ],
  ...["conv 3d", "depthwise conv 2d", "max pool", "average pool", "max pool 3d", "average pool 3d", "resize bilinear"],
  ...["resize to the nearest neighbor", "batch norm", "cast to integers and back"],
]

type Found = ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly values: ReadonlyArray<number> }>

/** Returns the gradients of a trial on a backend, or null if it refuses the operation. */
const gradientsOn = async (backend: "cpu" | "webgpu", trial: Trial): Promise<Found | null> => {
  await tf.setBackend(backend)
  let isRefused = false
  const grads = tf.tidy(() => {
    const found = gradientsOf(trial)
    isRefused = found === null
    return found?.grads.map((grad) => grad.clone()) ?? []
  })
  if (isRefused) return null
  const values = await Promise.all(grads.map(async (grad) => [...(await grad.data())]))
  tf.dispose(grads)
  return grads.map(({ shape }, i) => ({ shape, values: values[i] ?? [] }))
}

describe.skipIf(device === null)(`A gradient on webgpu${device === null ? ` (${whySkipped})` : ""}`, () => {
  beforeAll(async () => {
    await useBackend("cpu")
    await useBackend("webgpu")
  })
  afterAll(() => useBackend("webgpu"))

  it.each(names)("is that of cpu for %s", async (name) => {
    const tried = trials[name]
    if (tried === undefined) throw new Error(`There is no trial of ${name}.`)
    await fc.assert(
      fc.asyncProperty(tried, async (trial) => {
        const [there, here] = [await gradientsOn("cpu", trial), await gradientsOn("webgpu", trial)]
        if (there === null || here === null) return
        expect(here.map(({ shape }) => shape)).toEqual(there.map(({ shape }) => shape))
        for (const [i, { values }] of here.entries())
          for (const [place, value] of values.entries()) {
            const right = there[i]?.values[place] ?? NaN
            expect(Math.abs(value - right), `gradient ${i} at ${place} is ${value}, on cpu ${right}`).toBeLessThan(
              4e-3 * Math.max(1, Math.abs(right)),
            )
          }
      }),
      { seed: 14, numRuns: 3 },
    )
  })
})
