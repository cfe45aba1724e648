/**
 * Every gradient of TensorFlow.js, as layers use it, is the derivative of its operation, on every backend.
 */
import { tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { derivativeTests } from "./derivatives.ts"
import { onBackends } from "../support/specimens.ts"

onBackends("A gradient", () => {
  derivativeTests(15)

  it("is shared by elements that are all the largest or the smallest", () => {
    const x = tf.tensor2d([2, 1, 2, 0, 0, 0], [2, 3])
    const [most, least] = [tf.grad((a) => tf.max(a, 1)), tf.grad((a) => tf.min(a, 1))]
    expect([...most(x).dataSync()]).toEqual([1, 0, 1, 1, 1, 1].map((n, i) => Math.fround(n / (i < 3 ? 2 : 3))))
    expect([...least(x).dataSync()]).toEqual([0, 1, 0, 1, 1, 1].map((n, i) => Math.fround(n / (i < 3 ? 1 : 3))))
  })

  it("is refused in one sentence if an output was rounded up", () => {
    const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 1])
    const grad = tf.grad((a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, 3, 2, 0, "ceil"))
    expect(() => grad(x)).toThrow(
      /The gradient of maxPool expects the output shape \[1, 1, 1, 1\] of .* but the output has \[1, 2, 2, 1\]/,
    )
  })
})
