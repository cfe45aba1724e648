/**
 * The loss of many classes: the same as the unchunked one, without ever having all logits.
 */
import { option as O } from "fp-ts"
import { Key } from "bijou"
import { ClassifierLoss, crossEntropy, lossAndGrads, measureLedger, predictLedger } from "bijou/net"
import { buffers, peakBytes, tensorEnv, tensorScope, tf, useBackend } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { dispatch, isImplemented } from "../../src/tensor/kernels/dispatch.ts"
import { addTo } from "../../src/tensor/kernels/spec/addTo.ts"
import {
  alive,
  ask,
  bitsOf,
  digest,
  distance,
  noise,
  onBackends,
  right,
  tinyBatch,
  tinyGpt,
} from "../support/specimens.ts"

const [rows, width, classes] = [30, 8, 40]

onBackends("The loss of a classifier", (backend) => {
  const given = () =>
    [
      noise([5, 6, width], 1),
      tf.tensor2d(
        Int32Array.from({ length: rows }, (_, i) => (i * 7) % classes),
        [5, 6],
        "int32",
      ),
    ] as const
  const evaluate = (rowsAtOnce: number, cotangent = 1) => {
    const layer = ClassifierLoss.make(width, classes, rowsAtOnce)
    const params = { unembed: noise([width, classes], 2) }
    const input = given()
    const applied = layer.apply(params, input, O.none)
    const { value, pull } = layer.vjp(params, input, O.none)
    const { cotangent: dx, grads } = pull(tf.scalar(cotangent))
    if (dx === null) throw new Error("There is a cotangent.")
    return { params, input, applied, value, dx: dx[0], targets: dx[1], dw: grads.unembed }
  }

  it("is that of float64, and its gradients those of the unchunked loss, for any number of rows per chunk", () => {
    const { params, input, value: whole, dx, dw } = evaluate(rows)
    const [x, weight, ids] = [input[0].dataSync(), params.unembed.dataSync(), input[1].dataSync()]
    let nats = 0
    for (let r = 0; r < rows; r++) {
      const logits = Array.from({ length: classes }, (_, c) => {
        let sum = 0
        for (let i = 0; i < width; i++) sum += (x[r * width + i] ?? NaN) * (weight[i * classes + c] ?? NaN)
        return sum
      })
      nats += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (logits[ids[r] ?? -1] ?? NaN)
    }
    expect(distance(whole.dataSync(), [nats / rows])).toBeLessThan(1e-6)
    for (const rowsAtOnce of [1, 7, 10, 29]) {
      const part = evaluate(rowsAtOnce)
      expect(distance(part.value.dataSync(), [nats / rows])).toBeLessThan(1e-6)
      expect(distance(part.dx.dataSync(), dx.dataSync())).toBeLessThan(1e-6)
      expect(distance(part.dw.dataSync(), dw.dataSync())).toBeLessThan(1e-6)
      expect([part.targets.dtype, part.dx.shape, part.dw.shape]).toEqual(["int32", [5, 6, width], [width, classes]])
    }
  })

  it("has the same bits twice, recorded and not, and its gradient scales with the cotangent", () => {
    const once = evaluate(7)
    const again = evaluate(7)
    for (const name of ["applied", "value", "dx", "dw"] as const)
      expect(bitsOf(again[name])).toEqual(bitsOf(once[name]))
    expect(bitsOf(once.applied)).toEqual(bitsOf(once.value))
    const half = evaluate(7, 0.5)
    expect(bitsOf(half.dw)).toEqual(bitsOf(once.dw.mul(0.5)))
    expect(bitsOf(half.dx)).toEqual(bitsOf(once.dx.mul(0.5)))
  })

  it("is the plain layer if all rows fit in a chunk", () => {
    const { params, input, value } = evaluate(rows)
    const plain = crossEntropy(
      tf.matMul(input[0].reshape([rows, width]), params.unembed).reshape([5, 6, classes]),
      input[1],
    )
    expect(bitsOf(value)).toEqual(bitsOf(plain))
  })

  it("never has more than a chunk's logits, and leaks nothing", async () => {
    const many = 3000
    const layer = ClassifierLoss.make(width, many, 6)
    const params = { unembed: noise([width, many], 2) }
    const input = given()
    const before = alive()
    const peak = async (body: () => void) => {
      const start = buffers().bytes
      const { peak: most } = await peakBytes(async () => tf.tidy(body))
      return most - start
    }
    const logits = 4 * rows * many
    const part = await peak(() => {
      const { pull } = layer.vjp(params, input, O.none)
      pull(tf.scalar(1))
    })
    const whole = await peak(() => {
      const { pull } = ClassifierLoss.make(width, many, rows).vjp(params, input, O.none)
      pull(tf.scalar(1))
    })
    expect(whole).toBeGreaterThan(2 * logits)
    const weights = 4 * width * many
    // On cpu without fused kernels a chunk's cross-entropy takes nine times its logits, and the sums two buffers.
    expect(part).toBeLessThan(
      backend === "wasm" ? 2.2 * (logits / 5) + 2.2 * weights : 9 * (logits / 5) + 3.2 * weights,
    )
    expect(await peak(() => void layer.apply(params, input, O.none))).toBeLessThan(6 * (logits / 5))
    expect(alive()).toEqual(before)
  })

  it("refuses a class out of range, and chunks of no rows", () => {
    const layer = ClassifierLoss.make(2, 3, 1)
    const ids = tf.tensor1d([0, 3], "int32")
    expect(() => layer.apply({ unembed: tf.zeros([2, 3]) }, [tf.zeros([2, 2]), ids], O.none)).toThrow("3")
    for (const rowsAtOnce of [0, 1.5, NaN])
      expect(() => ClassifierLoss.make(2, 3, rowsAtOnce)).toThrow(
        "The rows of a chunk must be an integer of at least 1",
      )
    expect([256, 50_257, 10 ** 6].map(ClassifierLoss.rowsAtOnce)).toEqual([16_384, 64, 64])
  })

  it("adds up in place if there is a kernel for it", () => {
    if (!isImplemented(addTo)) return expect(backend).toBe("cpu")
    const [sum, x] = [noise([3, 7], 1), noise([3, 7], 2)]
    const expected = bitsOf(sum.add(x))
    const before = buffers().count
    const result = dispatch(addTo, { sum, x })
    expect(buffers().count).toBe(before)
    expect([bitsOf(result), bitsOf(sum)]).toEqual([expected, expected])
  })
})

describe("A GPT of more classes than a chunk of rows holds", () => {
  beforeAll(() => useBackend("wasm"))

  it("has the same gradients reversed and taped, and its bytes are predicted", async () => {
    const { bijection: network } = tinyGpt({ depth: 2, vocabulary: 33_000, context: 40 })
    const params = network.params.init(Key.fromSeed(1))
    const input = tinyBatch(2, 40)
    const step = { params, input, seed: 1, samples: [0, 1] }
    const bits: string[] = []
    for (const plan of [{}, { "": "tape" }] as const) {
      const predicted = right(predictLedger(network, { ...step, plan }))
      const measured = right(await measureLedger(network, { ...step, plan })())
      expect(predicted.moments.map(({ peak, end }) => ({ peak, end }))).toEqual(
        measured.moments.map(({ peak, end }) => ({ peak, end })),
      )
      const { loss, grads } = await ask(lossAndGrads(network, input), tensorEnv({ ...step, plan }))
      expect(distance(loss.dataSync(), [Math.log(33_000)])).toBeLessThan(0.01)
      bits.push(digest(network.params, grads))
      tensorScope.release([loss, grads])
    }
    expect(bits[0]).toBe(bits[1])
  })
})
