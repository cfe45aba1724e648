/**
 * Kernels that a backend runs in plain JavaScript are listed, and a step that spends its time there says so.
 */
import { tf, useBackend, watchFallbacks } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { fallbacksOf, missingOn } from "../../src/tensor/kernels/kernels.ts"

describe("A fallback to plain JavaScript", () => {
  beforeAll(async () => {
    await useBackend("cpu")
    await useBackend("wasm")
  })

  const sums = () => tf.unsortedSegmentSum(tf.ones([4, 2]), tf.tensor1d([0, 1, 1, 0], "int32"), 2).dispose()

  /**
   * A clock that advances by 5 ms in a kernel, from an odd read to an even one, by 1 ms between kernels, and by `idle`
   * on request.
   */
  const clock = () => {
    let [time, reads] = [0, 0]
    const now = () => {
      const read = time
      time += reads++ % 2 === 1 ? 5 : 1
      return read
    }
    return { now, idle: (ms: number) => (time += ms) }
  }

  it("is listed, and so is what a backend lacks", () => {
    expect(fallbacksOf("wasm").toSorted()).toEqual([
      "Conv3DBackpropFilterV2",
      "Conv3DBackpropInputV2",
      "Dilation2D",
      "Dilation2DBackpropFilter",
      "Dilation2DBackpropInput",
      "MaxPool3D",
      "MaxPool3DGrad",
      "MaxPoolGrad",
      "UnsortedSegmentSum",
    ])
    expect(fallbacksOf("cpu")).toEqual([])
    expect(missingOn("wasm")).toContain("Einsum")
    expect(missingOn("wasm")).not.toContain("Conv2DBackpropFilter")
    expect(missingOn("cpu")).toEqual([])
  })

  it("is reported once, by name, if it takes more than half of a step", () => {
    const said: string[] = []
    const { now } = clock()
    const stepped = watchFallbacks({ now, warn: (sentence) => said.push(sentence) })
    for (let step = 0; step < 3; step++) {
      for (let i = 0; i < 5; i++) tf.tidy(sums)
      stepped()
    }
    expect(said).toEqual([
      "25 of the step's 31 ms were spent in plain JavaScript, in UnsortedSegmentSum: this backend has no faster kernel for it. " +
        "Use another backend (npx bijou doctor lists what each one lacks), or another operation.",
    ])
  })

  it("is not reported if it takes less, or if no step is watched", () => {
    const said: string[] = []
    const { now, idle } = clock()
    const stepped = watchFallbacks({ now, warn: (sentence) => said.push(sentence) })
    for (let i = 0; i < 5; i++) tf.tidy(sums)
    idle(100)
    stepped()
    expect(said).toEqual([])
  })
})
