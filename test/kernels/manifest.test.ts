/**
 * The manifest fails where it should.
 */
import { beforeEach, describe, expect, it } from "vitest"
import { useBackend } from "../../src/tensor/backend.ts"
import { implement } from "../../src/tensor/kernels/implement.ts"
import { gelu } from "../../src/tensor/kernels/spec/gelu.ts"
import { largest } from "../../src/tensor/kernels/spec/largest.ts"
import { times } from "../../src/tensor/kernels/spec/times.ts"
import { tf } from "../../src/tensor/tf.ts"
import { cases } from "./cases.ts"
import { compare, missing, record } from "./laws.ts"
import "./reference.ts"

const of = (name: string) => cases.filter(({ kernel }) => kernel === name)

/** Registers an implementation until `body` ends. */
const registered = async (kernel: tf.KernelConfig, body: () => Promise<void>): Promise<void> => {
  tf.registerKernel(kernel)
  try {
    await body()
  } finally {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName)
  }
}

const none = (backend: unknown): unknown => backend

/** `times` as it should be, except that its zeros have no sign. */
const unsigned = implement(times, "cpu", none, (_, { x }, { factor }) =>
  tf.tidy(() => tf.add(times.composed({ x: x as tf.Tensor }, { factor }), 0)),
)

beforeEach(() => useBackend("cpu"))

describe("the manifest", () => {
  it("names an implementation that has no law", () =>
    registered({ kernelName: "BijouExtra", backendName: "cpu", kernelFunc: () => [] }, async () => {
      expect(missing("cpu", cases, record("cpu"))).toContain("BijouExtra has no law.")
    }))

  it("names a replaced kernel of TensorFlow.js that has no law", () => {
    const others = cases.filter(({ kernel }) => kernel !== "BatchMatMul")
    expect(missing("cpu", others, record("cpu"))).toContain("BatchMatMul has no law.")
  })

  it("names an implementation that its law does not reach", () =>
    registered(
      implement(largest, "cpu", none, () => tf.scalar(0)),
      async () => {
        const reached = record("cpu")
        for (const one of of("BijouPack")) await compare("cpu", one)
        const found = missing("cpu", cases, reached)
        expect(found).toContain("BijouLargest is not reached by its law.")
        expect(found.filter((sentence) => sentence.startsWith("BijouPack"))).toEqual([])
      },
    ))

  it("names a form of a kernel that no case tries", () =>
    registered(
      implement(gelu, "cpu", none, (_, { x }, attributes) =>
        tf.tidy(() => gelu.composed({ x: x as tf.Tensor }, attributes)),
      ),
      async () => {
        const reached = record("cpu")
        for (const one of of("BijouGelu").filter(({ title }) => title === "erf")) await compare("cpu", one)
        expect(missing("cpu", of("BijouGelu"), reached)).toContain("BijouGelu form=tanh is not reached by its law.")
      },
    ))

  it("names the sizes that no case tries", async () => {
    const reached = record("cpu")
    const sizes = of("BijouPack").filter((_, i) => i === 3) // one number
    for (const one of sizes) await compare("cpu", one)
    expect(missing("cpu", sizes, reached).filter((sentence) => sentence.startsWith("BijouPack"))).toEqual([
      "BijouPack is not tried on a size that is empty.",
      "BijouPack is not tried on a size that is odd.",
    ])
  })
})

describe("a law", () => {
  const judge = async () => {
    for (const one of of("BijouTimes")) await compare("cpu", one)
  }

  it("fails an implementation for the sign of a zero", () =>
    registered(unsigned, () => expect(judge()).rejects.toThrow(/-0 is right|but -0/)))

  it("fails an implementation that leaks a tensor", () =>
    registered(
      implement(times, "cpu", none, (_, { x }, attributes) => {
        tf.keep(tf.scalar(1))
        return times.composed({ x: x as tf.Tensor }, attributes)
      }),
      () => expect(judge()).rejects.toThrow("what is left"),
    ))
})
