/**
 * The gradients of the reversed pass are those of the taped chain bit for bit, and those of TensorFlow.js's own
 * differentiation of the same recurrence within 1e-5.
 */
import { option as O } from "fp-ts"
import { Bdia, gammas, Key, Params, Side, type Draw, type Layer, type Plan } from "bijou"
import { block, Dropout, lossAndGrads } from "bijou/net"
import type { GptBlock } from "../../src/net/Gpt.ts"
import type { LayerNormParams } from "../../src/residual/LayerNorm.ts"
import type { LinearParams } from "../../src/residual/Linear.ts"
import { fromTfjs, tensorEnv, tensorScope, tensorSpace, tf } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import {
  ask,
  attention,
  bitsOf,
  convolution,
  distance,
  leafBits,
  lively,
  noise,
  onBackends,
  perceptron,
  reread,
  tinyBatch,
  tinyGpt,
  type Specimen,
} from "../support/specimens.ts"

const space = tensorSpace(9)
const samples = [5, 11]
const plans: Readonly<Record<string, Plan>> = { reversed: {}, taped: { "": "tape" }, kept: { "": "keep" } }

/** Value, input, cotangent and gradients of one forward and backward pass. */
const sweep = async <P>({ shape, layer }: Specimen<P>, depth: number, plan: Plan, throughBytes = false) => {
  const net = Bdia.fromResidual({ space, layer }, depth)
  const params = lively(net.params, depth)
  const x = space.quantize(noise(shape, depth, 4))
  const env = tensorEnv({ params, seed: depth, samples, plan })
  const [output, left] = await ask(net.forward(x), env)
  const value = output.map(bitsOf)
  const side = throughBytes ? await reread(net.side, left) : left
  const end = throughBytes ? await reread(Side.pair(space.value, space.value), output) : output
  const { input, cotangent, grads } = await ask(
    net.pullback(end, side, [noise(shape, 1), noise(shape, 2)]),
    tensorEnv({ params, seed: depth, samples, plan }),
  )
  if (cotangent === null) throw new Error("The input has a cotangent.")
  return { value, input: bitsOf(input), cotangent: bitsOf(cotangent), grads: leafBits(net.params, grads) }
}

const alike = <P>(specimen: Specimen<P>): void => {
  describe(specimen.name, () => {
    for (const depth of [1, 2, 6, 12])
      it(`has one gradient under every plan at depth ${depth}`, async () => {
        const taped = await sweep(specimen, depth, { "": "tape" })
        expect(Object.values(taped.grads).every((bits) => bits.some((word) => word !== 0))).toBe(true)
        expect(await sweep(specimen, depth, {})).toEqual(taped)
        expect(await sweep(specimen, depth, {}, true)).toEqual(taped)
        expect(await sweep(specimen, depth, { "": "keep" })).toEqual(taped)
        expect(await sweep(specimen, depth, { "": "keep" }, true)).toEqual(taped)
        expect(await sweep(specimen, depth, { [`${depth - 1}`]: "tape", "0": "keep" })).toEqual(taped)
      })
  })
}

// ------------------------------------------------- differentiation by tfjs alone

/** Q, with the gradient passed straight through. */
const straight = tf.customGrad((x) => ({
  value: tf.add(tf.mul(tf.round(tf.mul(x as tf.Tensor, 512)), 1 / 512), 0), // the one input
  gradFunc: (dy: tf.Tensor) => dy.clone(),
}))

/** The paper's recurrence in plain tfjs, with explicitly addressed draws. */
const recurrence = <P>(
  h: (p: P, x: tf.Tensor, draw: Draw) => tf.Tensor,
  params: ReadonlyArray<P>,
  seed: number,
  x0: tf.Tensor,
) => {
  const draw = (k: number, name: string): Draw => ({
    key: Key.child(name)(Key.child(String(k))(Key.step(0)(Key.fromSeed(seed)))),
    samples,
  })
  let previous = x0
  let x = x0
  for (const [k, p] of params.entries()) {
    const change = h(p, x, draw(k, "residual"))
    if (k === 0) {
      x = x.add(straight(change))
      continue
    }
    const g = tf.tensor([...gammas(draw(k, "gamma"))], [samples.length, ...x.shape.slice(1).map(() => 1)])
    const odd = tf.tidy(() => tf.mod(tf.mul(previous.dataSync() as unknown as tf.TensorLike, 512), 2).reshape(x.shape))
    const lifted = previous.add(odd.mul(1 / 512))
    const next: tf.Tensor = g.mul(lifted).add(straight(tf.sub(1, g).mul(x).add(tf.add(1, g).mul(change))))
    previous = x
    x = next
  }
  return [previous, x] as const
}

const norm = ({ gain, bias }: LayerNormParams, x: tf.Tensor): tf.Tensor => {
  const centred = tf.sub(x, tf.mean(x, -1, true))
  return centred
    .mul(tf.rsqrt(tf.mean(tf.square(centred), -1, true).add(1e-5)))
    .mul(gain)
    .add(bias)
}

const linear = ({ weight, bias }: LinearParams, x: tf.Tensor): tf.Tensor =>
  tf
    .matMul(x.reshape([-1, x.shape.at(-1) ?? 1]), weight)
    .add(bias)
    .reshape([...x.shape.slice(0, -1), weight.shape[1] ?? 1])

const dropped = (name: string, x: tf.Tensor, draw: Draw): tf.Tensor =>
  tf.tidy(() => x.mul(Dropout.apply(name, 0.25, tf.ones(x.shape), O.some(draw))))

/** GPT's h without a custom gradient and with separate heads. */
const plainBlock = (p: GptBlock, x: tf.Tensor, draw: Draw): tf.Tensor => {
  const [batch = 1, time = 1, width = 1] = x.shape
  const heads = 2
  const size = width / heads
  const qkv = linear(p.attention.qkv, norm(p.norm1, x))
  const mask = tf.tensor2d(
    Array.from({ length: time }, (_, i) => Array.from({ length: time }, (_, j) => (j > i ? -1e9 : 0))),
  )
  const part = (which: number, head: number) => qkv.slice([0, 0, which * width + head * size], [batch, time, size])
  const mixed = Array.from({ length: heads }, (_, head) => {
    const scores = tf.matMul(part(0, head), part(1, head), false, true).mul(1 / Math.sqrt(size))
    return tf.matMul(tf.softmax(scores.add(mask)), part(2, head))
  })
  const a = dropped("attention", linear(p.attention.out, tf.concat(mixed, -1)), draw)
  const up = linear(p.mlp.up, norm(p.norm2, x.add(a)))
  const gelu = up.mul(tf.erf(up.mul(Math.SQRT1_2)).add(1).mul(0.5))
  return a.add(dropped("mlp", linear(p.mlp.down, gelu), draw))
}

const independently = <P>(
  name: string,
  shape: ReadonlyArray<number>,
  layer: Layer<P, tf.Tensor, tf.Tensor>,
  plain: (p: P, x: tf.Tensor, draw: Draw) => tf.Tensor,
): void => {
  for (const depth of [1, 2, 6])
    it(`is that of plain tfjs for ${name}, depth ${depth}`, async () => {
      const net = Bdia.fromResidual({ space, layer }, depth)
      const params = lively(net.params, depth)
      const x = space.quantize(noise(shape, depth, 2))
      const env = () => tensorEnv({ params, seed: 9, samples })
      const [output, side] = await ask(net.forward(x), env())
      const value = output.map(bitsOf)
      const cotangent = () => [noise(shape, 1), noise(shape, 2)] as const
      const ours = await ask(net.pullback(output, side, cotangent()), env())
      if (ours.cotangent === null) throw new Error("The input has a cotangent.")

      const leaves = net.params.leaves(params).map(([path, leaf]) => [path, leaf as tf.Tensor] as const) // tensors all
      let theirs: ReadonlyArray<Uint32Array> = []
      const [c0, c1] = cotangent()
      const { grads } = tf.valueAndGrads((start, ..._leaves) => {
        const [previous, last] = recurrence(plain, params, 9, start as tf.Tensor)
        theirs = [bitsOf(previous), bitsOf(last)]
        return tf.add(previous.mul(c0).sum(), last.mul(c1).sum()).asScalar()
      })([x, ...leaves.map(([, leaf]) => leaf)])
      expect(theirs).toEqual(value)
      const [dx, ...rest] = grads
      if (dx === undefined) throw new Error("There is no gradient of the input.")
      expect(distance(ours.cotangent.dataSync(), dx.dataSync())).toBeLessThan(1e-5)
      const pulled = new Map(net.params.leaves(ours.grads))
      for (const [i, [path]] of leaves.entries()) {
        const mine = (pulled.get(path) as tf.Tensor).dataSync() // a tensor like its parameter
        expect(distance(mine, rest[i]?.dataSync() ?? []), path).toBeLessThan(1e-5)
      }
    })
}

onBackends("The gradient", () => {
  alike(perceptron())
  alike(attention("causal"))
  alike(convolution())
  alike({ name: "a GPT block", shape: [2, 5, 6], layer: block({ width: 6, heads: 2, depth: 2, dropout: 0.25 }) })

  independently("a GPT block", [2, 5, 6], block({ width: 6, heads: 2, depth: 2, dropout: 0.25 }), plainBlock)
  independently("a convolution", [2, 4, 3, 2], convolution().layer, ({ filter, bias }, x, draw) =>
    // Four axes each.
    dropped("drop", tf.tanh(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same").add(bias)), draw),
  )

  it("of a complete GPT is the same under every plan, and skips what it does not depend on", async () => {
    for (const depth of [1, 4]) {
      const { bijection: network } = tinyGpt({ depth })
      const params = lively(network.params, 5)
      const found = []
      for (const plan of Object.values(plans)) {
        const env = tensorEnv({ params, seed: 2, step: 3, samples, plan })
        const { loss, grads } = await ask(lossAndGrads(network, tinyBatch()), env)
        found.push({ loss: bitsOf(loss), grads: leafBits(network.params, grads) })
        tensorScope.release([loss, grads])
      }
      expect(found[1]).toEqual(found[0])
      expect(found[2]).toEqual(found[0])
    }
  })
})

onBackends("Evaluations", () => {
  it("are one per block and step under a tape, and two without", async () => {
    let calls = 0
    const counted = fromTfjs(Params.struct<{ readonly w: tf.Tensor }>({ w: noiseParameter }), ({ w }, x: tf.Tensor) => {
      calls++
      return tf.tanh(x.mul(w))
    })
    for (const depth of [1, 2, 5])
      for (const [name, plan] of Object.entries(plans)) {
        const net = Bdia.fromResidual({ space, layer: counted }, depth)
        const params = net.params.init(Key.fromSeed(1))
        const env = tensorEnv({ params, seed: 1, samples, plan })
        calls = 0
        const [output, side] = await ask(net.forward(tf.ones([2, 3])), env)
        expect(calls).toBe(depth)
        await ask(net.pullback(output, side, [tf.ones([2, 3]), tf.ones([2, 3])]), env)
        expect([name, calls]).toEqual([name, name === "taped" ? depth : 2 * depth])
        calls = 0
        await ask(net.infer(tf.ones([2, 3])), env)
        expect(calls).toBe(depth)
      }
  })
})

const noiseParameter = Params.leaf<tf.Tensor>({
  init: () => noise([3], 4),
  add: (x, y) => x.add(y),
  is: (value) => value instanceof tf.Tensor,
})
