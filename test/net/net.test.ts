/**
 * GPT: its configuration, its loss, and inference as the plain transformer on the grid.
 */
import { either as E, option as O } from "fp-ts"
import { PathReporter } from "io-ts/lib/PathReporter.js"
import { Bdia, gammas, Key, type Draw } from "bijou"
import { Attention, Dropout, Embedding, GptConfig, LayerNorm, Mlp } from "bijou/net"
import type { Gpt } from "../../src/net/Gpt.ts"
import { tensorEnv, tensorSpace, tf } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import { crossEntropy } from "../../src/residual/crossEntropy.ts"
import {
  ask,
  bitsOf,
  distance,
  lively,
  noise,
  onBackends,
  perceptron,
  tinyBatch,
  tinyGpt,
} from "../support/specimens.ts"

const samples = [5, 11]

describe("A configuration of a GPT", () => {
  const good = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.1 }

  it("decodes from JSON", () => expect(GptConfig.decode(good)).toEqual(E.right(good)))

  for (const [field, value, said] of [
    ["vocabulary", 1, "an integer from 2 to 1000000, not 1"],
    ["context", 0, "an integer from 1 to 1000000, not 0"],
    ["width", 2.5, "an integer from 1 to 65536, not 2.5"],
    ["heads", "two", 'an integer from 1 to 65536, not "two"'],
    ["depth", null, "an integer from 1 to 100000, not null"],
    ["fractionBits", 24, "an integer from 0 to 23, not 24"],
    ["dropout", 1, "a number of at least 0 and below 1, not 1"],
  ] as const)
    it(`names the field ${field} if it is wrong`, () => {
      const decoded = GptConfig.decode({ ...good, [field]: value })
      expect(E.isLeft(decoded)).toBe(true)
      if (E.isLeft(decoded)) {
        expect(decoded.left[0]?.context.at(-1)?.key).toBe(field)
        expect(PathReporter.report(decoded)).toEqual([`must be ${said}`])
      }
    })

  it("names a field that is missing", () => {
    const { depth: _, ...rest } = good
    const decoded = GptConfig.decode(rest)
    expect(E.isLeft(decoded) && decoded.left[0]?.context.at(-1)?.key).toBe("depth")
  })

  it("is refused by gpt if the heads do not divide the width", () => {
    expect(() => tinyGpt({ width: 6, heads: 4 })).toThrow(RangeError)
    expect(() => tinyGpt({ width: 6, heads: 4 })).toThrow(
      "4 heads do not divide a width of 6. Use a width that is a multiple of the heads.",
    )
    expect(() => tinyGpt({ depth: 0 })).toThrow("depth of a GPT must be an integer from 1 to 100000, not 0")
    expect(() => tinyGpt({ fractionBits: 24 })).toThrow(
      "The field fractionBits of a GPT must be an integer from 0 to 23, not 24.",
    )
  })
})

onBackends("A GPT", () => {
  it("infers as the plain transformer on the grid, bit for bit", async () => {
    const { bijection: network, outputs: logits, trunk, config } = tinyGpt({ depth: 4 })
    const params = lively(network.params, 3)
    const [tokens, targets] = tinyBatch()
    const env = (seed = 1) => tensorEnv({ params, seed, samples })
    const onGrid = (y: tf.Tensor) => tf.add(tf.mul(tf.round(tf.mul(y, 512)), 1 / 512), 0)

    let x = onGrid(Embedding.apply(params.embed, tokens))
    for (const [k, { norm1, attention, norm2, mlp }] of params.blocks.entries()) {
      const a = Attention.apply(attention, LayerNorm.apply(norm1, x), config.heads, "causal")
      const h = a.add(Mlp.apply(mlp, LayerNorm.apply(norm2, x.add(a))))
      x = k === 0 ? x.add(onGrid(h)) : onGrid(x.add(h))
    }
    const [, state] = await ask(trunk.infer(tokens), env())
    expect(bitsOf(state)).toEqual(bitsOf(x))

    const last = LayerNorm.apply(params.head.norm, x).reshape([8, 4]).matMul(params.head.unembed).reshape([2, 4, 7])
    expect(bitsOf(await ask(logits.infer(tokens), env()))).toEqual(bitsOf(last))
    const loss = await ask(network.infer([tokens, targets]), env())
    expect(bitsOf(loss)).toEqual(bitsOf(crossEntropy(last, targets)))
    expect(bitsOf(await ask(network.infer([tokens, targets]), env(2)))).toEqual(bitsOf(loss)) // no draw
    const [trained] = await ask(network.forward([tokens, targets]), env())
    expect(bitsOf(trained)).not.toEqual(bitsOf(loss))
  })

  it("starts near the entropy of its vocabulary", async () => {
    const { bijection: network } = tinyGpt({ vocabulary: 64, dropout: 0 })
    const params = network.params.init(Key.fromSeed(1))
    const loss = await ask(network.infer(tinyBatch()), tensorEnv({ params, seed: 1, samples }))
    expect(Math.abs((loss.dataSync()[0] ?? NaN) - Math.log(64))).toBeLessThan(0.05)
  })

  it("has the same parameters for its network and its logits, with unique names", () => {
    const { bijection: network, outputs: logits } = tinyGpt()
    const names = (p: typeof network.params) => p.leaves(p.init(Key.fromSeed(1))).map(([path]) => path)
    expect(names(logits.params)).toEqual(names(network.params))
    expect(new Set(names(network.params)).size).toBe(names(network.params).length)
    expect(names(network.params)).toContain("blocks/2/attention/qkv/weight")
  })

  it("draws by sample, not by place: another order of a batch has the same rows", async () => {
    const draw = (ids: ReadonlyArray<number>): Draw => ({ key: Key.child("gamma")(Key.fromSeed(8)), samples: ids })
    const ids = [3, 1, 4, 15, 9, 2]
    const order = [4, 0, 5, 1, 3, 2]
    const mixed = order.map((i) => ids[i] ?? NaN)
    expect(gammas(draw(mixed))).toEqual(order.map((i) => gammas(draw(ids))[i]))
    expect(new Set(gammas(draw(ids))).size).toBe(2)

    const mask = (of: ReadonlyArray<number>) => Dropout.apply("drop", 0.5, tf.ones([6, 9]), O.some(draw(of)))
    expect(bitsOf(mask(mixed))).toEqual(bitsOf(tf.gather(mask(ids), order)))

    const space = tensorSpace(9)
    const net = Bdia.fromResidual({ space, layer: perceptron().layer }, 5)
    const params = lively(net.params, 1)
    const x = space.quantize(noise([6, 3, 4], 1))
    const forward = async (a: tf.Tensor, of: ReadonlyArray<number>, seed: number) =>
      (await ask(net.forward(a), tensorEnv({ params, seed, samples: of })))[0][1]
    const straight = await forward(x, ids, 8)
    const shuffled = await forward(tf.gather(x, order), mixed, 8)
    expect(bitsOf(shuffled)).toEqual(bitsOf(tf.gather(straight, order)))
    expect(bitsOf(await forward(x, mixed, 8))).not.toEqual(bitsOf(straight))
    expect(bitsOf(await forward(x, ids, 9))).not.toEqual(bitsOf(straight))
  })

  it("has a cross-entropy within 1e-6 of float64", () => {
    const logits = noise([3, 4, 5], 1, 8)
    const targets = tf.tensor2d(
      Int32Array.from({ length: 12 }, (_, i) => (i * 3) % 5),
      [3, 4],
      "int32",
    )
    const [values, classes] = [logits.dataSync(), targets.dataSync()]
    let nats = 0
    for (let row = 0; row < 12; row++) {
      const scores = Array.from(values.subarray(5 * row, 5 * row + 5))
      const most = Math.max(...scores)
      const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0)
      nats += Math.log(total) + most - (scores[classes[row] ?? NaN] ?? NaN)
    }
    expect(distance(crossEntropy(logits, targets).dataSync(), [nats / 12])).toBeLessThan(1e-6)
  })

  it("is a type that can be named", () => {
    const network: Gpt["bijection"] = tinyGpt().bijection
    expect(Object.keys(network)).toEqual(["params", "side", "forward", "inverse", "infer", "pullback"])
  })
})
