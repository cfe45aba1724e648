/**
 * Gradients have the shapes of their inputs and parameters, in custom layers too.
 */
import { function as F } from "fp-ts"
import {
  andThen,
  Bdia,
  Coupling,
  keep,
  Key,
  LayerFailed,
  named,
  Params,
  run,
  serial,
  type Layer,
  type Plan,
} from "bijou"
import { float32TensorSide, fromTfjs, tensor, tensorEnv, tensorSpace, tf, toFunction } from "bijou/tensor"
import { AdamW, lossAndGrads, microBatched, trainStep } from "bijou/net"
import { startWorkers } from "bijou/workers"
import { expect, it } from "vitest"
import { objective } from "../support/builtWorkers.ts"
import { shared } from "../support/objectives/shared.ts"
import { alive, ask, left, noise, onBackends, right } from "../support/specimens.ts"

interface Weight {
  readonly w: tf.Tensor
}

/** One matrix for every sample of [batch, time, width], which TensorFlow.js's gradient gives a batch axis. */
const product = (width: number) =>
  fromTfjs(Params.struct<Weight>({ w: tensor.normal([width, width], 0.5) }), ({ w }, x: tf.Tensor) => tf.matMul(x, w))

const space = tensorSpace(9)
const kept = keep(float32TensorSide(null))
const mean = kept(fromTfjs(Params.none, (_, x: tf.Tensor) => tf.mean(x)))
const samples = [0, 1, 2]
const plans: readonly Plan[] = [{}, { "": "keep" }, { "": "tape" }]

/** A custom layer whose gradient keeps the batch axis. */
const careless: Layer<Weight, tf.Tensor, tf.Tensor> = {
  params: product(1).params,
  apply: ({ w }, x) => tf.matMul(x, w),
  vjp: ({ w }, x) => ({
    value: tf.matMul(x, w),
    held: [],
    pull: (dy) => ({ cotangent: tf.matMul(dy, w, false, true), grads: { w: tf.matMul(x, dy, true) } }),
  }),
}

onBackends("A gradient", () => {
  it("is summed over the batch that shares a matrix", async () => {
    const sum = kept(fromTfjs(Params.none, (_, y: tf.Tensor) => tf.sum(y)))
    const net = F.pipe(kept(product(1)), andThen(sum))
    const x = tf.tensor3d([1, 10, 100], [3, 1, 1])
    for (const plan of plans) {
      const env = tensorEnv({ params: { w: tf.tensor2d([[2]]) }, seed: 1, samples, plan })
      const { loss, grads } = await ask(lossAndGrads(net, x), env)
      expect([loss.dataSync()[0], grads.w.shape, grads.w.dataSync()[0]]).toEqual([222, [1, 1], 111])
    }
    const w = tf.variable(tf.tensor2d([[2]]))
    const found = tf.variableGrads(() => toFunction(net, { w }, Key.fromSeed(1))(x) as tf.Scalar).grads[w.name]
    expect([found?.shape, found?.dataSync()[0]]).toEqual([[1, 1], 111])
    w.dispose()
  })

  it.each([1, 2, 4])("is summed over micro-batches of %d, and by workers to the same bits", async (size) => {
    const params = shared.network.params.init(Key.fromSeed(1))
    const how = { size, seed: 1 }
    const module = objective("shared")
    const workers =
      size === 2 ? await startWorkers(shared.network.params, { module, export: "shared", count: 2, ...how }) : null
    for (const gradients of [microBatched(shared, how), ...(workers === null ? [] : [workers])]) {
      const { grads } = right(await gradients.at({ params, step: 0, samples: [0, 1, 2, 3] })())
      expect([grads.w.shape, grads.w.dataSync()[0]]).toEqual([[1, 1], 1111 / 4])
    }
    await workers?.stop()
  })

  it("trains one matrix on all samples", async () => {
    const squares = kept(
      fromTfjs(Params.none, (_, x: tf.Tensor) => tf.mean(tf.square(tf.sub(x, tf.tensor3d([3, 0, 0], [3, 1, 1]))))),
    )
    const net = F.pipe(kept(product(1)), andThen(squares))
    const x = tf.ones([3, 1, 1])
    const params: Weight = { w: tf.tensor2d([[0]]) }
    let trained = { params, state: AdamW.init(net.params, params) }
    for (let step = 0; step < 200; step++) {
      const env = tensorEnv({ params: trained.params, seed: 1, step, samples })
      const next = await trainStep(net, trained, x, env, 0.05, { ...AdamW.config, weightDecay: 0 })()
      if (next._tag === "Left") throw next.left
      ;({ trained } = next.right)
    }
    expect(trained.params.w.shape).toEqual([1, 1])
    expect(Math.abs((trained.params.w.dataSync()[0] ?? NaN) - 1)).toBeLessThan(0.01) // the mean of 3, 0 and 0
  })

  it("has the shape of its parameter in every chain, under every plan", async () => {
    const layer = F.pipe(product(4), serial(fromTfjs(Params.none, (_, x: tf.Tensor) => tf.tanh(x))))
    const bdia = Bdia.fromResidual({ space, layer }, 3)
    const coupling = Coupling.fromResiduals({ space, f: layer, g: layer }, 2)
    const x = space.quantize(noise([3, 2, 4], 1))
    const dy = () => [noise([3, 2, 4], 2), noise([3, 2, 4], 3)] as const
    for (const plan of plans) {
      const env = <P>(params: P) => tensorEnv({ params, seed: 1, samples, plan })
      const chain = env(bdia.params.init(Key.fromSeed(1)))
      const [b, s] = await ask(bdia.forward(x), chain)
      const { grads } = await ask(bdia.pullback(b, s, dy()), chain)
      const pairs = env(coupling.params.init(Key.fromSeed(1)))
      const [c, t] = await ask(coupling.forward([x, x]), pairs)
      const coupled = await ask(coupling.pullback(c, t, dy()), pairs)
      for (const { w } of [...grads, ...coupled.grads.flatMap(({ f, g }) => [f, g])]) expect(w.shape).toEqual([4, 4])
    }
  })

  it("of a custom layer is refused with its path if it has another shape, and no step is taken and no tensor leaked", async () => {
    const net = F.pipe(named("head")(kept(careless)), andThen(mean))
    const x = tf.tensor3d([1, 10, 100], [3, 1, 1])
    const params = { head: { w: tf.tensor2d([[2]]) } }
    const trained = { params, state: AdamW.init(net.params, params) }
    const env = () => tensorEnv({ params, seed: 1, samples })
    const before = alive()
    const error = left(await trainStep(net, trained, x, env(), 0.1, AdamW.config)())
    expect(error).toBeInstanceOf(LayerFailed)
    expect(error.message).toBe(
      "The layer at head failed: the gradient of its parameter w has the shape [3, 1, 1], but the parameter has [1, 1]. Return gradients of the parameters' shapes from vjp.",
    )
    expect(left(await run(lossAndGrads(net, x))(env())())).toBeInstanceOf(LayerFailed)
    expect(alive()).toEqual(before)
    expect([...params.head.w.dataSync()]).toEqual([2])
    const w = tf.variable(params.head.w)
    expect(() =>
      tf.tidy(() => tf.variableGrads(() => toFunction(net, { head: { w } }, Key.fromSeed(1))(x) as tf.Scalar)),
    ).toThrow(LayerFailed)
    w.dispose()
  })
})
