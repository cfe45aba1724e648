/** See inputs.ts. */
import { option as O } from "fp-ts"
import { describe, expect, it } from "vitest"
import { Params } from "../../src/core/Params.ts"
import { Dropout } from "../../src/residual/Dropout.ts"
import { useBackend } from "../../src/tensor/backend.ts"
import { asWasm } from "../../src/tensor/kernels/wasm/WasmBackend.ts"
import { tf } from "../../src/tensor/tf.ts"
import { inputTests } from "./inputs.ts"
import { startTensorflow, tensorflowIsHere } from "../support/tensorflow.ts"
import { webgpuDevice } from "../support/webgpu.ts"

const started = (name: "cpu" | "wasm") => async () => {
  await useBackend(name)
  return true
}

inputTests("cpu", started("cpu"))
inputTests("wasm", started("wasm"))
inputTests("tensorflow, by the op library", () => startTensorflow("library"), !tensorflowIsHere)

const device = await webgpuDevice()
inputTests(
  "webgpu",
  async () => {
    await useBackend("webgpu")
    return true
  },
  device === null,
)

describe("a name of a parameter", () => {
  it("is refused if it is empty or has a slash", () => {
    const one = Params.number(() => 0)
    for (const name of ["", "a/b"]) expect(() => Params.named(name, one)).toThrow(RangeError)
  })
})

describe("a rate of dropout", () => {
  it("is refused outside [0, 1)", () => {
    for (const rate of [-1, 1, 2, NaN]) expect(() => Dropout.apply("d", rate, tf.ones([1]), O.none)).toThrow(RangeError)
  })
})

describe("the heap of wasm", () => {
  it("refuses what does not fit in 4 GB, and overwrites nothing", async () => {
    await useBackend("wasm")
    const { wasm } = asWasm(tf.backend())
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()]
    expect(() => tf.zeros([2 ** 30])).toThrow(/cannot allocate another 4096.0 MB.*its limit is 4 GB/)
    // No page is touched: these are only addresses.
    const places: number[] = []
    const take = () => {
      for (;;) places.push(wasm._malloc(2 ** 28))
    }
    expect(take).toThrow(expect.objectContaining({ _tag: "OutOfMemory", bytes: 2 ** 28 }))
    for (const place of places) expect(place + 2 ** 28).toBeLessThanOrEqual(wasm.HEAPU8.length)
    expect(() => tf.ones([2 ** 26])).toThrow("cannot allocate another")
    expect(() => tf.tidy(() => tf.matMul(tf.zeros([2, 1]), tf.zeros([1, 2 ** 26])))).toThrow("cannot allocate another")
    expect(tf.tidy(() => tf.add(1, 1).dataSync()[0])).toBe(2)
    for (const place of places) wasm._free(place)
    expect(
      tf.tidy(
        () =>
          tf
            .ones([2 ** 20])
            .sum()
            .dataSync()[0],
      ),
    ).toBe(2 ** 20)
    expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before)
  })
})
