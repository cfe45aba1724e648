/**
 * Memory to the byte, in distinct buffers: what a forward pass holds, the peak of a step, and that nothing leaks.
 *
 * For B samples, T tokens and a width of W, K reversed blocks hold, when the loss is known and before it is read,
 *
 *     2 (4 B T W)                  the last state, x_{K-1} and x_K
 *     + (K - 1) 4 ceil(B T W / 32) one plane per block except the first: one bit per activation
 *     + 4 (K + 2)                  a claim each for x_0 .. x_K, and one that x_0 is on the grid
 *     + 4                          the loss
 */
import { Bdia, Key, type Plan } from "bijou"
import { AdamW, block, lossAndGrads, type Trained, trainStep } from "bijou/net"
import { buffers, peakBytes, tensorEnv, tensorScope, tensorSpace, tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { alive, ask, noise, onBackends, right, tinyBatch, tinyGpt } from "../support/specimens.ts"

const samples = [5, 11]
const taped: Plan = { "": "tape" }
const [batch, time, width] = [2, 4, 4]
const state = 4 * batch * time * width
const plane = 4 * Math.ceil((batch * time * width) / 32)
const reversedBytes = (depth: number) => 2 * state + (depth - 1) * plane + 4 * (depth + 2)

/** The bytes that a forward pass leaves, and the bits of its side if it has no kept inputs. */
const chainHolds = (depth: number, plan: Plan) => {
  const space = tensorSpace(9)
  const net = Bdia.fromResidual({ space, layer: block({ width, heads: 2, depth, dropout: 0.25 }) }, depth)
  const params = net.params.init(Key.fromSeed(1))
  const raw = noise([batch, time, width], 1)
  const env = tensorEnv({ params, seed: 1, samples, plan })
  const before = buffers().bytes
  const x = space.quantize(raw)
  const [output, side] = right(env.scope.within(() => net.forward(x)(env)))
  x.dispose() // the caller's handle; for one block x_0 is half of the state
  const bytes = buffers().bytes - before
  const bits = net.side.bits(side)
  tensorScope.release([output, side])
  return { bytes, bits, settle: env.watch.settle }
}

const gptHolds = (depth: number, plan: Plan) => {
  const { bijection: network } = tinyGpt({ width, depth })
  const params = network.params.init(Key.fromSeed(1))
  const env = tensorEnv({ params, seed: 1, samples, plan })
  const input = tinyBatch(batch, time)
  const before = buffers().bytes
  const [loss, side] = right(env.scope.within(() => network.forward(input)(env)))
  const bytes = buffers().bytes - before
  tensorScope.release([loss, side])
  return { bytes, settle: env.watch.settle }
}

onBackends("Memory", () => {
  it("of a reversed chain is two states, a bit per activation and block, and the claims", async () => {
    const found = []
    for (const depth of [1, 2, 6, 12]) {
      const { bytes, bits, settle } = chainHolds(depth, {})
      await settle()
      found.push(bytes)
      expect(bits).toBe((depth - 1) * batch * time * width)
      expect(bytes).toBe(reversedBytes(depth))
    }
    expect(found).toEqual([268, 276, 308, 356])
  })

  it("of a reversed GPT is that and the loss", async () => {
    const found = []
    for (const depth of [2, 6, 12]) {
      const { bytes, settle } = gptHolds(depth, {})
      await settle()
      found.push(bytes)
      expect(bytes).toBe(reversedBytes(depth) + 4)
    }
    expect(found).toEqual([280, 312, 360]) // 2 * 128 + (K - 1) * 4 + (K + 2) * 4 + 4
  })

  it("of kept inputs grows by a state per block, and of tapes by more than a dozen", async () => {
    const grows = async (plan: Plan) => {
      const [few, many] = [gptHolds(4, plan), gptHolds(9, plan)]
      await few.settle()
      await many.settle()
      return (many.bytes - few.bytes) / 5
    }
    expect(await grows({ blocks: "keep" })).toBe(state + 4)
    expect(await grows(taped)).toBeGreaterThan(12 * state)
    expect(await grows({})).toBe(plane + 4)
  })

  it("peaks below that of tapes, and grows in depth by parameters, gradients and planes alone", async () => {
    const peak = async (depth: number, plan: Plan) => {
      const { bijection: network } = tinyGpt({ width, depth })
      const params = network.params.init(Key.fromSeed(1))
      const input = tinyBatch(batch, time)
      // All are tensors.
      const gradients = network.params.leaves(params).reduce((sum, [, leaf]) => sum + 4 * (leaf as tf.Tensor).size, 0)
      const before = buffers().bytes
      const env = tensorEnv({ params, seed: 1, samples, plan })
      const { peak: most, result } = await peakBytes(() => ask(lossAndGrads(network, input), env))
      expect(buffers().bytes - before).toBe(gradients + 4)
      tensorScope.release(result)
      return most - before - gradients
    }
    const [reversed, tape] = [await peak(24, {}), await peak(24, taped)]
    expect(reversed).toBeLessThan(tape)
    const small = await peak(6, {})
    expect(reversed - small).toBeLessThanOrEqual(18 * (plane + 2 * 4 + 4))
  })

  it("is the same before and after a hundred steps", async () => {
    const { bijection: network } = tinyGpt({ depth: 2 })
    const params = network.params.init(Key.fromSeed(1))
    const input = tinyBatch()
    let trained: Trained<typeof params> = { params, state: AdamW.init(network.params, params) }
    const step = async (n: number) => {
      const env = tensorEnv({ params: trained.params, seed: 1, step: n, samples })
      const next = right(await trainStep(network, trained, input, env, 1e-3, AdamW.config)())
      trained = next.trained
      return next.loss
    }
    const first = await step(0)
    const before = alive()
    let last = first
    for (let n = 1; n <= 100; n++) last = await step(n)
    expect(alive()).toEqual(before)
    expect(last).toBeLessThan(first)
  })

  it("counts a clone and a reshape as no buffer, and an inner peak in the outer one", async () => {
    const before = buffers()
    const x = tf.ones([100])
    const [y, z] = [x.clone(), x.reshape([10, 10])]
    expect([buffers().count - before.count, buffers().bytes - before.bytes]).toEqual([1, 400])
    x.dispose()
    y.dispose()
    expect(buffers().count - before.count).toBe(1)
    z.dispose()
    expect(buffers()).toEqual(before)
    const outer = await peakBytes(async () => {
      const inner = await peakBytes(async () => tf.ones([1000]).dispose())
      tf.ones([10]).dispose()
      return inner.peak
    })
    expect([outer.peak, outer.result]).toEqual([before.bytes + 4000, before.bytes + 4000])
  })
})
