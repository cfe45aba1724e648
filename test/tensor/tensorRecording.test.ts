/**
 * The deferred tape: values and gradients have the bits of `tf.valueAndGrads`, in every context and after errors.
 */
import { tensorScope, tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { quietly, record } from "../../src/tensor/ops/recording.ts"
import { alive, bitsOf, noise, onBackends } from "../support/specimens.ts"

type Body = (xs: ReadonlyArray<tf.Tensor>) => tf.Tensor

const nth = (xs: ReadonlyArray<tf.Tensor>, i: number): tf.Tensor => {
  const x = xs[i]
  if (x === undefined) throw new Error(`There is no input ${i}.`)
  return x
}

const three: ReadonlyArray<ReadonlyArray<number>> = [[3, 4], [3, 4], [4]]

const cases: Readonly<Record<string, Body>> = {
  "arithmetic with broadcasting": (xs) =>
    nth(xs, 0).add(nth(xs, 2)).mul(nth(xs, 1)).sub(nth(xs, 2).square()).div(nth(xs, 1).square().add(1)),
  "an input used three times": (xs) =>
    nth(xs, 0)
      .mul(nth(xs, 0))
      .add(nth(xs, 0).mul(nth(xs, 1)))
      .add(nth(xs, 2)),
  "an input returned as it is": (xs) => nth(xs, 0).add(nth(xs, 1)).add(nth(xs, 2)).clone(),
  "products and transposes": (xs) =>
    tf
      .matMul(nth(xs, 0), nth(xs, 1), false, true)
      .matMul(nth(xs, 1))
      .transpose()
      .add(nth(xs, 2).reshape([4, 1])),
  "concat and slice": (xs) =>
    tf
      .concat([nth(xs, 0), nth(xs, 1), nth(xs, 0)], 1)
      .slice([0, 2], [2, 7])
      .sum(0)
      .mul(nth(xs, 2).sum()),
  "split and stack": (xs) => {
    const [a, b] = tf.split(nth(xs, 0), 2, 1)
    if (a === undefined || b === undefined) throw new Error("A split in two has two parts.")
    return tf.stack([a.mul(b), nth(xs, 1).slice([0, 1], [3, 2])]).mul(nth(xs, 2).sum())
  },
  "unstack, with a part unused": (xs) => {
    const [a, , c] = tf.unstack(nth(xs, 0))
    if (a === undefined || c === undefined) throw new Error("There are three rows.")
    return a.mul(c).add(nth(xs, 2)).mul(nth(xs, 1))
  },
  "gather with repeated rows": (xs) =>
    tf
      .gather(nth(xs, 0), tf.tensor1d([2, 0, 2, 2], "int32"))
      .mul(nth(xs, 2))
      .matMul(nth(xs, 1), false, true),
  "reductions and softmax": (xs) =>
    tf
      .softmax(nth(xs, 0))
      .mul(tf.mean(nth(xs, 1), 1, true))
      .add(tf.logSoftmax(nth(xs, 1)))
      .mul(tf.max(nth(xs, 2))),
  "a gradient written by hand": (xs) =>
    tf
      .customGrad((x, save) => {
        ;(save as unknown as (saved: tf.Tensor[]) => void)([x as tf.Tensor]) // tfjs passes its own function
        return {
          value: tf.exp(x as tf.Tensor), // the one input
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => dy.mul(nth(saved, 0).mul(3)),
        }
      })(nth(xs, 0))
      .mul(nth(xs, 1))
      .add(nth(xs, 2)),
  "choices and clipping": (xs) =>
    tf
      .where(tf.range(0, 12).reshape([3, 4]).less(7), nth(xs, 0), nth(xs, 1).abs().sqrt())
      .clipByValue(-0.4, 0.6)
      .add(tf.relu(nth(xs, 2))),
  "padding, tiling and reversal": (xs) =>
    tf
      .pad(nth(xs, 0), [
        [1, 0],
        [0, 2],
      ])
      .mul(tf.tile(nth(xs, 1).slice([0, 0], [2, 3]), [2, 2]))
      .add(tf.reverse(nth(xs, 2)).sum()),
}

onBackends("A recording", () => {
  for (const [name, body] of Object.entries(cases))
    it(`has the bits of tf.valueAndGrads for ${name}`, () => {
      const inputs = three.map((shape, i) => noise(shape, i + 1))
      const plain = quietly(() => body(inputs))
      const dy = noise(plain.shape, 9)
      const expected = tf.valueAndGrads((...xs) => body(xs) as tf.Scalar)(inputs, dy as tf.Scalar) // tfjs's type requires a scalar, its code does not
      const before = alive()
      const recording = record(() => body(inputs), inputs)
      expect(bitsOf(recording.value)).toEqual(bitsOf(expected.value))
      expect(bitsOf(plain)).toEqual(bitsOf(expected.value))
      const grads = recording.pull(dy)
      expect(grads.map(bitsOf)).toEqual(expected.grads.map(bitsOf))
      expect(grads.map(({ shape }) => shape)).toEqual(three)
      tf.dispose([recording.value, [...grads]])
      expect(alive()).toEqual(before)
    })

  it("gives zeros for inputs that the value does not depend on", () => {
    const [x, y] = [noise([3], 1), noise([2, 2], 2)]
    const { pull } = record(() => x.square(), [y, x])
    const [dy, dx] = pull(tf.ones([3]))
    expect(dy && bitsOf(dy)).toEqual(new Uint32Array(4))
    expect(dy?.shape).toEqual([2, 2])
    expect(dx && bitsOf(dx)).toEqual(bitsOf(x.mul(2)))
  })

  it("skips integers", () => {
    const [table, ids] = [noise([4, 2], 1), tf.tensor1d([3, 3, 1], "int32")]
    const before = alive()
    const { value, pull } = record(() => ({ rows: tf.gather(table, ids), next: ids.add(1).toInt() }), [table])
    const [grad] = pull({ rows: tf.ones([3, 2]), next: tf.zeros([3], "int32") })
    expect(grad && [...grad.dataSync()]).toEqual([0, 0, 1, 1, 0, 0, 2, 2])
    tf.dispose([value.rows, value.next, grad ?? []])
    expect(alive().handles).toBe(before.handles + 2) // the cotangent is borrowed, so the test frees it
  })

  it("sums a gradient over the axes along which its input was broadcast", () => {
    const [x, w] = [tf.tensor3d([1, 10, 100], [3, 1, 1]), tf.tensor2d([2], [1, 1])]
    const { pull } = record(() => tf.matMul(x, w), [x, w])
    const [dx, dw] = pull(tf.ones([3, 1, 1]))
    expect(dx && [dx.shape, [...dx.dataSync()]]).toEqual([
      [3, 1, 1],
      [2, 2, 2],
    ])
    expect(dw && [dw.shape, [...dw.dataSync()]]).toEqual([[1, 1], [111]])
  })

  it("multiplies batches that broadcast, whatever their axes are", () => {
    const [a, b] = [tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]), tf.tensor4d([2, 3], [2, 1, 1, 1])]
    for (const transposed of [false, true])
      expect([...tf.matMul(a, b, transposed, transposed).dataSync()]).toEqual([2, 20, 300, 3000])
    const [wide, tall] = [tf.tensor4d([1, 10], [2, 1, 1, 1]), tf.tensor4d([2, 3, 4], [1, 3, 1, 1])]
    const product = tf.matMul(wide, tall)
    expect([product.shape, [...product.dataSync()]]).toEqual([
      [2, 3, 1, 1],
      [2, 3, 4, 20, 30, 40],
    ])
  })

  it("refuses a gradient whose shape its input was never broadcast to", () => {
    const bad = tf.customGrad((a) => ({
      value: tf.exp(a as tf.Tensor), // the one input
      gradFunc: (dy: tf.Tensor) => dy.slice([0], [2]),
    }))
    const x = noise([4], 1)
    expect(() => record(() => bad(x), [x]).pull(tf.ones([4]))).toThrow(
      /has the shape \[2\], but its input has \[4\]\. Return a gradient of the input's shape\./,
    )
  })

  it("adds up what flows back from several outputs", () => {
    const x = noise([5], 3)
    const { value, pull } = record(() => [x.square(), [x.exp(), x.clone()]] as const, [x])
    const cotangent = [noise([5], 4), [noise([5], 5), noise([5], 6)]] as const
    const [dx] = pull(cotangent)
    const [c0, [c1, c2]] = cotangent
    const expected = tf.grad((a: tf.Tensor) => tf.add(a.square().mul(c0), tf.add(a.exp().mul(c1), a.mul(c2))).sum())(x)
    expect(value[1][1].shape).toEqual([5])
    const [mine, theirs] = [dx?.dataSync() ?? [], expected.dataSync()]
    for (const [i, y] of theirs.entries()) expect(Math.abs((mine[i] ?? NaN) - y)).toBeLessThan(1e-5)
  })

  it("returns new cotangents if a gradient is the cotangent itself", () => {
    const [x, y, dy] = [noise([3], 1), noise([3], 2), noise([3], 3)]
    const [dx, dz] = record(() => x.add(y), [x, y]).pull(dy)
    dx?.dispose()
    expect(dz && bitsOf(dz)).toEqual(bitsOf(dy))
    expect(dy.isDisposed).toBe(false)
  })

  it("can be pulled inside an outer gradient, which survives", () => {
    const x = noise([4], 1)
    const f = (a: tf.Tensor): tf.Tensor => {
      const inner = tf.tensor1d([1, 2, 3, 4])
      const { value, pull } = record(() => inner.square(), [inner])
      const [back] = pull(tf.onesLike(value))
      return a
        .mul(back ?? NaN)
        .add(a.square())
        .sum()
    }
    const expected = tf.add(x.mul(2), tf.tensor1d([2, 4, 6, 8]))
    const found = tf.grad(f)(x)
    expect(bitsOf(found)).toEqual(bitsOf(expected))
  })

  it("can be made in one tidy and pulled outside of it", () => {
    const x = noise([4], 1)
    const before = alive()
    const { value, pull } = tensorScope.within(() => record(() => x.exp().mul(x), [x]))
    const dy = tf.ones([4])
    const [dx] = pull(dy)
    const expected = tf.grad((a: tf.Tensor) => a.exp().mul(a).sum())(x)
    expect(dx && bitsOf(dx)).toEqual(bitsOf(expected))
    tf.dispose([value, dy, dx ?? [], expected])
    expect(alive()).toEqual(before)
  })

  it("frees everything if the code throws, in either pass", () => {
    const x = noise([4], 1)
    const dy = tf.ones([4])
    const before = alive()
    const state = tf.engine() as unknown as {
      state: { gradientDepth: number; kernelDepth: number; activeTape: unknown }
    }
    const depths = () => [state.state.gradientDepth, state.state.kernelDepth, state.state.activeTape]
    const outside = depths()
    const broken = () => {
      x.exp().square().mul(x)
      throw new Error("forwards")
    }
    expect(() => record(broken, [x])).toThrow("forwards")
    expect(() => quietly(broken)).toThrow("forwards")
    expect(depths()).toEqual(outside)
    expect(alive()).toEqual(before)

    const bad = tf.customGrad((a) => ({
      value: tf.exp(a as tf.Tensor), // the one input
      gradFunc: (): tf.Tensor => {
        throw new Error("in the backward pass")
      },
    }))
    tf.tidy(() => {
      const { value, pull } = record(() => bad(x.square().mul(x)).square(), [x])
      expect(() => pull(dy)).toThrow("in the backward pass")
      value.dispose()
    })
    expect(depths()).toEqual(outside)
    expect(alive()).toEqual(before)
    expect(() => record(() => x.greater(0).toFloat(), [x]).pull(dy)).toThrow(
      "Greater has no gradient in TensorFlow.js.",
    )
  })
})
