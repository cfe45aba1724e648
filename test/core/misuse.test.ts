/**
 * Common mistakes, and the messages that explain them.
 */
import { either as E } from "fp-ts"
import { Bdia, Coupling, differingBits, hostEnv, identity, numberSpace, Params, run } from "bijou"
import { judgeAll, lawsOf, numberLayer, subject } from "bijou/laws"
import { paramsLaws } from "../../laws/sets/Params.ts"
import { showValue } from "../../laws/engine/bits.ts"
import { subjectFault } from "../../laws/engine/Subject.ts"
import { gridTensor } from "bijou/laws/tensor"
import { crossEntropy, gpt } from "bijou/net"
import { fromTfjs, tensorEnv, tensorSpace, tf, useBackend } from "bijou/tensor"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alive, bitsOf, noise, onBackends } from "../support/specimens.ts"

const space = tensorSpace(9)
const chainOf = (f: (x: tf.Tensor) => tf.Tensor) =>
  Bdia.fromResidual({ space, layer: fromTfjs(Params.none, (_, x: tf.Tensor) => f(x)) }, 3)
const env = () => tensorEnv({ params: [{}, {}, {}], seed: 1, samples: [0, 1] })

onBackends("misuse", () => {
  it("of an integer input is refused by name, and leaves no tensor", async () => {
    const x = tf.ones([2, 3], "int32")
    const before = alive()
    const result = await run(chainOf((a) => a).forward(x))(env())()
    expect(result).toMatchObject({ left: { _tag: "ShapeMismatch" } })
    expect(E.isLeft(result) && result.left.message).toContain("Activations must be float32, not int32")
    expect(alive()).toEqual(before)
  })

  it("of halves of two shapes says which shape a residual of a coupling returns", async () => {
    const layer = fromTfjs(Params.none, (_, x: tf.Tensor) => x.mul(2))
    const half = Coupling.half({ space, layer })
    const result = await run(half.forward([tf.ones([2, 3]), tf.ones([2, 4])]))(env())()
    expect(E.isLeft(result) && result.left.message).toBe(
      "Activations of shape [2, 3] do not match [2, 4]. A residual must return the shape of the tensor that it is added to: its input or, in a coupling, the other half.",
    )
    const fitting = Coupling.half({ space, layer: fromTfjs(Params.none, (_, x: tf.Tensor) => x.slice([0, 0], [2, 3])) })
    const there = await run(fitting.forward([tf.ones([2, 3]), tf.ones([2, 4])]))(env())()
    expect(E.isRight(there) && bitsOf(there.right[0][0])).toEqual(bitsOf(tf.fill([2, 3], 2)))
  })

  it.each([
    ["nothing", () => undefined, "it returned undefined, which contains no tensor. Return what the function computes."],
    ["a promise", async (x: tf.Tensor) => x, "it returned a promise. Write the function without async."],
  ])("of a layer that returns %s says so", async (_kind, f, sentence) => {
    const wrong = f as unknown as (x: tf.Tensor) => tf.Tensor // as JavaScript permits
    const result = await run(chainOf(wrong).forward(noise([2, 3], 1)))(env())()
    expect(E.isLeft(result) && result.left.message).toBe(`The layer at 0 failed: ${sentence}`)
  })

  it("of a residual that returns what it captured does not free it", async () => {
    const captured = noise([2, 3], 1)
    const bits = bitsOf(captured)
    const net = chainOf(() => captured)
    const x = space.quantize(noise([2, 3], 2))
    const there = await run(net.forward(x))(env())()
    if (E.isLeft(there)) throw there.left
    const back = await run(net.inverse(...there.right))(env())()
    if (E.isLeft(back)) throw back.left
    expect(bitsOf(back.right)).toEqual(bitsOf(x))
    const pulled = await run(net.pullback(...there.right, [tf.zeros([2, 3]), tf.ones([2, 3])]))(env())()
    expect(E.isRight(pulled)).toBe(true)
    expect(bitsOf(captured)).toEqual(bits)
  })

  it("of a captured tensor, which a tape holds too, breaks no law", async () => {
    const captured = noise([3, 3], 1)
    const layer = fromTfjs(Params.none, (_, x: tf.Tensor) => tf.matMul(x, captured))
    const { set } = await lawsOf(subject({ residual: { space, layer }, inputs: gridTensor(space, [2, 3]) }))
    const { laws } = await judgeAll(set, { runs: 5 })
    expect(laws.filter(({ verdict }) => verdict._tag !== "Holds").map(({ name }) => name)).toEqual([])
    captured.dispose()
  })

  it("of what a pullback consumed is reported as such", async () => {
    const net = chainOf((x) => x.tanh())
    const there = await run(net.forward(space.quantize(noise([2, 3], 2))))(env())()
    if (E.isLeft(there)) throw there.left
    await run(net.pullback(...there.right, [tf.zeros([2, 3]), tf.ones([2, 3])]))(env())()
    const again = await run(net.inverse(...there.right))(env())()
    expect(E.isLeft(again) && again.left.message).toContain(
      "already disposed. A pullback consumes its output, side and cotangent",
    )
  })

  it("of a class outside the logits is refused, not counted as no loss", () => {
    expect(() => crossEntropy(tf.zeros([2, 4]), tf.tensor1d([1, 9], "int32"))).toThrow("9")
  })
})

describe("misuse", () => {
  it("of tensors where typed arrays are compared is a TypeError", () => {
    // As JavaScript permits.
    const values = [tf.ones([3]), tf.ones([3]).data(), [1, 2], undefined] as unknown as Float32Array[]
    for (const value of values) expect(() => differingBits(value, value)).toThrow("Pass the awaited `data()`")
    expect(() => differingBits(new Uint8Array(3), new Uint8Array(4))).toThrow("the same length")
  })

  it("of a part in place of a subject says so", () => {
    const layer = numberLayer(0)
    const inputs = fc.nat()
    expect(subjectFault(subject({ layer, inputs }))).toBeNull()
    expect(subjectFault(identity())).toBe("is a bijection without inputs: export a subject { bijection, inputs }")
    expect(subjectFault(layer)).toBe("is a layer without inputs: export a subject { layer, inputs }")
    expect(subjectFault({ residual: { space: numberSpace(9), layer } })).toContain("has no inputs")
    expect(subjectFault({ residual: { layer }, inputs })).toBe("has no residual.space.quantize")
    expect(subjectFault({ inputs })).toBe("has none of the fields bijection, residual and layer")
    expect(subjectFault(1)).toBe("is a number, not a subject { bijection, inputs }")
  })

  it("of parameters of a single leaf has a message too", async () => {
    const params = Params.number(() => 1)
    const missing = Params.fromLeaves(params, new Map())
    expect(E.isLeft(missing) && missing.left.message).toBe("The parameter is missing.")
    const { laws } = await judgeAll(paramsLaws({ name: "one number", params }))
    expect(laws.every(({ verdict }) => verdict._tag === "Holds")).toBe(true)
  })

  it("of a plan is shown with the path of the whole", () => {
    expect(showValue({ plan: { "": "keep", "blocks/1": "tape" }, rest: {} })).toBe(
      '{ plan: { "": "keep", "blocks/1": "tape" }, rest: {} }',
    )
  })

  it("of ids and steps that are not integers is a RangeError", () => {
    for (const id of [0.5, -1, NaN, 2 ** 53, "1" as unknown as number])
      expect(() => hostEnv({ params: {}, seed: 1, samples: [id] })).toThrow(`below 2^53, not ${id}`)
    expect(() => hostEnv({ params: {}, seed: 1, step: 1.5 })).toThrow("not 1.5")
  })

  it("of the sizes of a GPT names the field", () => {
    const config = { vocabulary: 16, context: 4, width: 8, heads: 2, depth: 2, fractionBits: 9, dropout: 0 }
    expect(() => gpt({ ...config, dropout: 1 })).toThrow(
      "The field dropout of a GPT must be a number of at least 0 and below 1, not 1.",
    )
    expect(() => gpt({ ...config, vocabulary: 0 })).toThrow("The field vocabulary of a GPT")
    expect(() => gpt({ width: 8 } as typeof config)).toThrow("vocabulary of a GPT must be an integer")
  })

  it("of an unknown backend names the known ones", async () => {
    await expect(useBackend("webgl" as "cpu")).rejects.toThrow(
      "There is no backend webgl. Use one of wasm, cpu, webgpu, tensorflow.",
    )
  })
})
