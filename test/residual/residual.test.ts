/**
 * Layers: the same bits in every direction, gradients against an independent differentiation, and what they compute.
 */
import { function as F, option as O } from "fp-ts"
import { Key, namedLayer, Params, serial, type Draw, type Layer } from "bijou"
import { Attention, Conv, Dropout, Embedding, gelu, geluTanh, LayerNorm, Linear, Mlp, onGrid } from "bijou/net"
import type { ConvParams } from "../../src/residual/Conv.ts"
import type { LayerNormParams } from "../../src/residual/LayerNorm.ts"
import type { LinearParams } from "../../src/residual/Linear.ts"
import { fromTfjs, tensor, tensorScope, tensorSpace, tf } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import { alive, bitsOf, digest, distance, lazily, leafBits, lively, noise, onBackends } from "../support/specimens.ts"

const draw = (samples: ReadonlyArray<number> = [5, 11], seed = 1): O.Option<Draw> =>
  O.some({ key: Key.fromSeed(seed), samples })

interface Case<P> {
  readonly layer: Layer<P, tf.Tensor, tf.Tensor>
  readonly input: () => tf.Tensor
  /** Whether the input has a derivative. */
  readonly smooth: boolean
}

/** Each case goes to a generic function, so that P stays hidden. */
const eachLayer = (use: <P>(name: string, layer: Case<P>) => void): void => {
  const x = (...shape: number[]) => ({ input: () => noise(shape, 3, 2), smooth: true })
  use("Linear", { layer: Linear.make(4, 3, 0.5), ...x(2, 5, 4) })
  use("LayerNorm", { layer: LayerNorm.make(6), ...x(2, 5, 6) })
  use("Attention, causal", { layer: Attention.make(6, 2, "causal"), ...x(2, 5, 6) })
  use("Attention, full", { layer: Attention.make(6, 3, "full"), ...x(2, 5, 6) })
  use("Mlp", { layer: Mlp.make(4, 7), ...x(2, 5, 4) })
  use("Dropout", { layer: Dropout.make("drop", 0.5), ...x(2, 5, 4) })
  use("Conv", { layer: Conv.make(3, 2, 3), ...x(2, 5, 4, 2) })
  use("Mlp, geluTanh", { layer: Mlp.make(4, 7, "geluTanh"), ...x(2, 5, 4) })
  use("geluTanh", { layer: fromTfjs(Params.none, (_, a: tf.Tensor) => geluTanh(a)), ...x(2, 30) })
  use("gelu", { layer: fromTfjs(Params.none, (_, a: tf.Tensor) => gelu(a)), ...x(2, 30) })
  use("Embedding", {
    layer: Embedding.make(7, 5, 4, 0.5),
    input: () => tf.tensor2d([3, 0, 3, 6, 1, 1], [2, 3], "int32"),
    smooth: false,
  })
  use("tf.fused.conv2d", {
    layer: fromTfjs<ConvParams, tf.Tensor, tf.Tensor>(Conv.params(3, 2, 3), ({ filter, bias }, a) =>
      tf.fused.conv2d({
        x: a as tf.Tensor4D, // four axes
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: "same",
        bias,
        activation: "sigmoid",
      }),
    ),
    ...x(2, 9, 8, 2),
  })
  use("tf.fused.matMul", {
    layer: fromTfjs(Linear.params(40, 30, 0.5), ({ weight, bias }, a: tf.Tensor) =>
      tf.fused.matMul({ a, b: weight, bias, activation: "sigmoid" }),
    ),
    ...x(20, 40),
  })
  const dense = lazily(() => {
    const made = tf.layers.dense({ units: 30, activation: "elu", inputShape: [40] })
    made.build([null, 40])
    made.setWeights([noise([40, 30], 5), noise([30], 6)])
    return made
  })
  use("tf.layers.dense", {
    layer: fromTfjs(Params.none, (_, a: tf.Tensor) => dense().apply(a) as tf.Tensor), // one output for one input
    ...x(20, 40),
  })
  use("a serial of three", {
    layer: F.pipe(LayerNorm.make(6), serial(Attention.make(6, 2, "causal")), serial(Dropout.make("drop", 0.3))),
    ...x(2, 5, 6),
  })
  use("a rounded layer", { layer: onGrid(tensorSpace(9))(Linear.make(4, 4, 0.5)), ...x(2, 4) })
}

const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < y.length; i++) sum += (x[i] ?? NaN) * (y[i] ?? NaN)
  return sum
}

onBackends("A layer", () => {
  eachLayer((name, { layer, input, smooth }) => {
    describe(name, () => {
      const samples = name.includes("tf.") ? Array.from({ length: 20 }, (_, i) => i) : [5, 11]

      it("has the same bits plain and recorded, inside and outside of tidy and gradients, twice", () => {
        const params = lively(layer.params, 2)
        const a = input()
        const once = bitsOf(layer.apply(params, a, draw(samples)))
        const record = () => {
          const { value, pull } = layer.vjp(params, a, draw(samples))
          const bits = bitsOf(value)
          pull(tf.onesLike(value))
          return bits
        }
        const found = [record(), record(), bitsOf(layer.apply(params, a, draw(samples)))]
        tf.tidy(() => {
          found.push(bitsOf(layer.apply(params, a, draw(samples))), record())
        })
        tf.grad((z) => {
          found.push(bitsOf(layer.apply(params, a, draw(samples))), record())
          return z.square().sum()
        })(tf.ones([2]))
        tf.grad((z) => {
          const outer = tf.customGrad((y) => ({
            value: (y as tf.Tensor).clone(), // the one input
            gradFunc: (dy: tf.Tensor) => {
              found.push(bitsOf(layer.apply(params, a, draw(samples))), record())
              return dy.clone()
            },
          }))
          return outer(z).sum()
        })(tf.ones([2]))
        expect(found.length).toBe(9)
        for (const bits of found) expect(bits).toEqual(once)
      })

      it("leaves only what it returns in its scope", () => {
        const params = lively(layer.params, 2)
        const a = input()
        const cotangent = layer.apply(params, a, O.none)
        const before = alive()
        tensorScope.within(() => layer.apply(params, a, draw(samples))).dispose()
        const { value, pull, held } = tensorScope.within(() => layer.vjp(params, a, draw(samples)))
        const back = tensorScope.within(() => pull(cotangent))
        expect(back.cotangent === null).toBe(!smooth)
        tf.dispose([
          value,
          [...held] as tf.Tensor[],
          back.cotangent ?? [],
          ...layer.params.leaves(back.grads).map(([, leaf]) => leaf as tf.Tensor),
        ]) // tensors all
        expect(alive()).toEqual(before)
      })

      it("has gradients for its own parameters, the same twice, along which it changes", () => {
        if (name === "a rounded layer") return // its derivative is that of the layer before rounding
        const params = lively(layer.params, 2)
        const a = input()
        const recorded = layer.vjp(params, a, draw(samples))
        const c = noise(recorded.value.shape, 7)
        const { cotangent, grads } = recorded.pull(c)
        expect(Object.keys(leafBits(layer.params, grads))).toEqual(Object.keys(leafBits(layer.params, params)))
        expect(digest(layer.params, layer.vjp(params, a, draw(samples)).pull(c).grads)).toBe(
          digest(layer.params, grads),
        )

        // <c, h(p + e v, x + e w) - h(p - e v, x - e w)> / 2e in float64, against <pull(c), (v, w)>
        const step = 2 ** -7
        const directions = new Map(
          layer.params.leaves(params).map(([path, leaf], i) => [path, noise((leaf as tf.Tensor).shape, 20 + i)]),
        )
        const w = smooth ? noise(a.shape, 40) : tf.zerosLike(a)
        const at = (e: number) => {
          const moved = new Map(
            layer.params.leaves(params).map(([path, leaf]) => {
              const v = directions.get(path)
              return [path, v === undefined ? leaf : (leaf as tf.Tensor).add(v.mul(e))] as const
            }),
          )
          const p = Params.fromLeaves(layer.params, moved)
          if (p._tag === "Left") throw p.left
          return layer.apply(p.right, smooth ? a.add(w.mul(e)) : a, draw(samples)).dataSync()
        }
        const [up, down] = [at(step), at(-step)]
        const change = dot(
          Float64Array.from(up, (y, i) => (y - (down[i] ?? NaN)) / (2 * step)),
          c.dataSync(),
        )
        let expected = cotangent === null ? 0 : dot(cotangent.dataSync(), w.dataSync())
        let size = cotangent === null ? 0 : Math.sqrt(dot(cotangent.dataSync(), cotangent.dataSync()))
        for (const [path, leaf] of layer.params.leaves(grads)) {
          const grad = (leaf as tf.Tensor).dataSync() // a tensor like its parameter
          expected += dot(grad, directions.get(path)?.dataSync() ?? [])
          size += Math.sqrt(dot(grad, grad))
        }
        expect(Math.abs(change - expected)).toBeLessThan(2e-3 * size)
      })
    })
  })

  it("written by hand has the gradient that tfjs finds", () => {
    const x = noise([3, 6], 1, 2)
    const dy = noise([3, 6], 2)
    const norm = (a: tf.Tensor) => {
      const { mean, variance } = tf.moments(a, -1, true)
      return a.sub(mean).div(variance.add(1e-5).sqrt())
    }
    const { gain, bias } = { gain: tf.ones([6]), bias: tf.zeros([6]) }
    const mine = tf.grad((a: tf.Tensor) => LayerNorm.apply({ gain, bias }, a))(x, dy)
    expect(distance(mine.dataSync(), tf.grad(norm)(x, dy).dataSync())).toBeLessThan(1e-5)
    const plain = (a: tf.Tensor) => a.mul(tf.erf(a.mul(Math.SQRT1_2)).add(1).mul(0.5))
    expect(distance(gelu(x).dataSync(), plain(x).dataSync())).toBeLessThan(1e-6)
    const ours = tf.grad((a: tf.Tensor) => gelu(a))(x, dy)
    expect(distance(ours.dataSync(), tf.grad(plain)(x, dy).dataSync())).toBeLessThan(1e-5)
  })

  it("geluTanh is within 5e-4 of gelu, and its formula", () => {
    const x = tf.linspace(-6, 6, 1001)
    const true64 = Array.from(x.dataSync(), (a) => {
      const t = Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))
      return (a * (1 + t)) / 2
    })
    const found = geluTanh(x).dataSync()
    expect(Math.max(...found.map((y, i) => Math.abs(y - (true64[i] ?? NaN))))).toBeLessThan(2e-6)
    const erf = gelu(x).dataSync()
    expect(Math.max(...found.map((y, i) => Math.abs(y - (erf[i] ?? NaN))))).toBeLessThan(5e-4)
  })

  it("names a missing input", () => {
    const x = noise([2, 4], 1)
    // JavaScript can call them like this.
    const [linear, norm] = [{ weight: noise([4, 4], 2) }, { bias: noise([4], 3) }] as unknown as [
      LinearParams,
      LayerNormParams,
    ]
    expect(() => Linear.apply(linear, x)).toThrow("Linear was called without bias. Pass all of its inputs.")
    expect(() => LayerNorm.apply(norm, x)).toThrow("LayerNorm was called without gain. Pass all of its inputs.")
  })

  it("of attention past padding sees no padding, and all tokens if there is none", () => {
    for (const reach of ["causal", "full"] as const) {
      const [layer, plain] = [Attention.masked(6, 2, reach), Attention.make(6, 2, reach)]
      const params = lively(layer.params, 2)
      const x = noise([2, 4, 6], 1)
      const seen = tf.tensor2d([1, 1, 1, 0, 1, 0, 1, 1], [2, 4], "int32")
      const other = tf.where(seen.toBool().reshape([2, 4, 1]), x, noise([2, 4, 6], 9))
      const [before, after] = [x, other].map((a) => bitsOf(layer.apply(params, [seen, a], O.none)))
      for (const token of [0, 1, 2, 4, 6, 7])
        expect(after?.subarray(6 * token, 6 * token + 6)).toEqual(before?.subarray(6 * token, 6 * token + 6))
      const all = layer.apply(params, [tf.onesLike(seen), x], O.none)
      expect(distance(all.dataSync(), plain.apply(params, x, O.none).dataSync())).toBeLessThan(1e-5)
    }
  })

  it("of causal attention past padding sees no later token, even if all before are padding", () => {
    const layer = Attention.masked(6, 2, "causal")
    const params = lively(layer.params, 2)
    const x = noise([1, 3, 6], 1)
    const seen = tf.tensor2d([0, 0, 1], [1, 3], "int32")
    const later = tf.concat([x.slice([0, 0, 0], [1, 2, 6]), noise([1, 1, 6], 5)], 1)
    const [before, after] = [x, later].map((a) => bitsOf(layer.apply(params, [seen, a], O.none)))
    expect(after?.subarray(0, 12)).toEqual(before?.subarray(0, 12))
    expect(after?.subarray(12)).not.toEqual(before?.subarray(12))
  })

  it("of attention sees only earlier tokens if it is causal", () => {
    for (const reach of ["causal", "full"] as const) {
      const layer = Attention.make(6, 2, reach)
      const params = lively(layer.params, 2)
      const x = noise([1, 5, 6], 1)
      const later = x.add(
        tf.pad(tf.ones([1, 1, 6]), [
          [0, 0],
          [4, 0],
          [0, 0],
        ]),
      )
      const [before, after] = [x, later].map((a) => bitsOf(layer.apply(params, a, O.none)))
      expect(Buffer.from(before?.subarray(0, 24) ?? []).equals(Buffer.from(after?.subarray(0, 24) ?? []))).toBe(
        reach === "causal",
      )
      expect(after?.subarray(24)).not.toEqual(before?.subarray(24))
    }
  })

  it("of dropout drops at its rate, keeps the mean and replays by draw", () => {
    const layer = Dropout.make("drop", 0.25)
    const ones = tf.ones([2, 4000])
    const kept = layer.apply({}, ones, draw())
    const values = new Set(kept.dataSync())
    expect([...values].sort()).toEqual([0, Math.fround(1 / 0.75)])
    const share = tf.mean(kept).dataSync()[0] ?? NaN
    expect(Math.abs(share - 1)).toBeLessThan(0.03) // four deviations of 8000 draws
    expect(bitsOf(layer.apply({}, ones, draw([5, 11], 2)))).not.toEqual(bitsOf(kept))
    expect(bitsOf(Dropout.make("other", 0.25).apply({}, ones, draw()))).not.toEqual(bitsOf(kept))
    expect(bitsOf(layer.apply({}, ones, O.none))).toEqual(bitsOf(ones))
    const swapped = bitsOf(layer.apply({}, ones, draw([11, 5])))
    expect([swapped.subarray(4000), swapped.subarray(0, 4000)]).toEqual([
      bitsOf(kept).subarray(0, 4000),
      bitsOf(kept).subarray(4000),
    ])
  })
})

onBackends("Composition", () => {
  it("gives each of two layers with parameters its own gradient", () => {
    const [left, right] = [tensor.normal([3], 1), tensor.normal([3], 1)]
    const first = fromTfjs(Params.struct<{ a: tf.Tensor }>({ a: left }), ({ a }, x: tf.Tensor) => x.mul(a))
    const second = fromTfjs(Params.struct<{ b: tf.Tensor }>({ b: right }), ({ b }, x: tf.Tensor) => x.mul(b))
    const both = F.pipe(first, serial(second))
    const params = lively(both.params, 1)
    const x = noise([2, 3], 1)
    const { grads, cotangent } = both.vjp(params, x, O.none).pull(tf.ones([2, 3]))
    const [da, db, dx] = [x.mul(params.b).sum(0), x.mul(params.a).sum(0), tf.mul(params.a, params.b)]
    expect(distance(grads.a.dataSync(), da.dataSync())).toBeLessThan(1e-6)
    expect(distance(grads.b.dataSync(), db.dataSync())).toBeLessThan(1e-6)
    expect(cotangent && distance(cotangent.dataSync().subarray(0, 3), dx.dataSync())).toBeLessThan(1e-6)
  })
})

onBackends("layers under names", () => {
  it("are serial though they are equal, with gradients of their own", () => {
    const two = F.pipe(
      Linear.make(3, 3, 0.5),
      namedLayer("one"),
      serial(F.pipe(Linear.make(3, 3, 0.5), namedLayer("two"))),
    )
    const params = two.params.init(Key.fromSeed(4))
    const x = tf.tensor2d([[1, 2, 3]])
    const { value, pull } = two.vjp(params, x, O.none)
    expect(bitsOf(value)).toEqual(bitsOf(Linear.apply(params.two, Linear.apply(params.one, x))))
    const { grads } = pull(tf.onesLike(value))
    expect(bitsOf(grads.two.bias)).toEqual(bitsOf(tf.ones([3])))
    expect(bitsOf(grads.one.bias)).toEqual(bitsOf(tf.sum(params.two.weight, 1)))
  })

  it("have their own draws", () => {
    const drop = Dropout.make("drop", 0.5)
    const draw = O.some({ key: Key.fromSeed(1), samples: [0] })
    const [one, two] = ["one", "two"].map((name) =>
      bitsOf(namedLayer(name)(drop).apply({ [name]: {} }, tf.ones([1, 64]), draw)),
    )
    expect(one).not.toEqual(two)
  })
})
