/**
 * A network as an ordinary tfjs function: the gradients of the reversed pass inside any tfjs training.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, GridOverflow, keep, Key, named, Params, serial, ShapeMismatch } from "bijou"
import { Dropout, Linear, lossAndGrads } from "bijou/net"
import {
  float32TensorSide,
  fromTfjs,
  mapTensors,
  tensorSpace,
  tensorEnv,
  tf,
  toFunction,
  toInference,
} from "bijou/tensor"
import { expect, it } from "vitest"
import {
  alive,
  ask,
  bitsOf,
  leafBits,
  lively,
  noise,
  onBackends,
  right,
  tinyBatch,
  tinyGpt,
} from "../support/specimens.ts"

const key = (seed: number, step = 0): Key => Key.step(step)(Key.fromSeed(seed))
const samples = [0, 1]

/** Floats in, floats out: a linear map, a reversed chain and a sum over it. */
const regressor = () => {
  const space = tensorSpace(9)
  const layer = F.pipe(
    Linear.make(4, 4, 0.5),
    serial(fromTfjs(Params.none, (_, x: tf.Tensor) => tf.tanh(x))),
    serial(Dropout.make("drop", 0.25)),
  )
  const rounded = fromTfjs(Linear.params(3, 4, 0.5), (p, x: tf.Tensor) => straight(Linear.apply(p, x)))
  const straight = tf.customGrad((x) => ({
    value: space.quantize(x as tf.Tensor), // the one input
    gradFunc: (dy: tf.Tensor) => dy.clone(),
  }))
  return F.pipe(
    F.pipe(rounded, keep(float32TensorSide(null)), named("in")),
    andThen(F.pipe(Bdia.fromResidual({ space, layer }, 4), named("blocks"))),
    andThen(
      F.pipe(
        fromTfjs(Linear.params(4, 1, 0.5), (p, [, x]: readonly [tf.Tensor, tf.Tensor]) => Linear.apply(p, x)),
        keep({
          only: { _tag: "None" },
          bits: () => 0,
          toBytes: () => async () => new Uint8Array(),
          fromBytes: () => async () => {
            throw new Error("Nothing reads this side.")
          },
          release: () => {},
        }),
        named("out"),
      ),
    ),
  )
}

onBackends("toFunction", () => {
  it("gives tf.variableGrads the gradients of the reversed pass, bit for bit, and leaks nothing", async () => {
    const { bijection: network } = tinyGpt()
    const initial = lively(network.params, 1)
    const batch = tinyBatch()
    const env = tensorEnv({ params: initial, seed: 5, step: 2, samples })
    const { loss, grads } = await ask(lossAndGrads(network, batch), env)

    const params = mapTensors(initial, (leaf) => tf.variable(leaf))
    // They were made as variables.
    const variables = network.params.leaves(params).map(([path, leaf]) => [path, leaf as tf.Variable] as const)
    const before = alive()
    const found = tf.variableGrads(() => toFunction(network, params, key(5, 2))(batch) as tf.Scalar) // the mean of all
    expect(bitsOf(found.value)).toEqual(bitsOf(loss))
    const theirs = Object.fromEntries(
      variables.map(([path, { name }]) => [path, bitsOf(found.grads[name] ?? tf.scalar(NaN))]),
    )
    expect(theirs).toEqual(leafBits(network.params, grads))
    tf.dispose(found)
    expect(alive()).toEqual(before)

    const optimizer = tf.train.adam(0.02)
    const minimize = (step: number) => {
      // The mean of all.
      const value = optimizer.minimize(() => toFunction(network, params, key(5, step))(batch) as tf.Scalar, true)
      const [number = NaN] = value?.dataSync() ?? []
      value?.dispose()
      return number
    }
    const first = minimize(0)
    const steady = alive()
    let last = first
    for (let step = 1; step <= 20; step++) last = minimize(step)
    expect(alive()).toEqual(steady)
    expect(last).toBeLessThan(0.9 * first)
    optimizer.dispose()
    tf.disposeVariables()
  })

  it("gives the input its cotangent, and the value of forward", async () => {
    const net = regressor()
    const params = lively(net.params, 1)
    const x = noise([2, 3], 1)
    const env = () => tensorEnv({ params, seed: 5, step: 2, samples })
    const [y, side] = await ask(net.forward(x), env())
    const value = bitsOf(y)
    const { cotangent } = await ask(net.pullback(y, side, tf.ones([2, 1])), env())
    const found = tf.valueAndGrad((a: tf.Tensor) => toFunction(net, params, key(5, 2))(a).sum())(x)
    expect(bitsOf(found.grad)).toEqual(bitsOf(cotangent ?? x))
    expect(bitsOf(toFunction(net, params, key(5, 2))(x))).toEqual(value)
    expect(bitsOf(toFunction(net, params, key(5, 3))(x))).not.toEqual(value)
  })

  it("keeps the tape around it: another branch of the loss gets its gradient", () => {
    const net = regressor()
    const params = lively(net.params, 1)
    const f = toFunction(net, params, key(5))
    const [x, w] = [noise([2, 3], 1), tf.variable(noise([2, 3], 2))]
    const one = tf.grad((a: tf.Tensor) => f(a).sum())(x)
    const both = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.add(a.mul(b).square().sum(), tf.add(f(a).sum(), f(a.mul(1)).sum().mul(0))),
    )([x, w])
    const other = tf.grads((a: tf.Tensor, b: tf.Tensor) => a.mul(b).square().sum())([x, w])
    expect(both.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ])
    const [da, db] = both
    const [ea, eb] = other
    expect(db && bitsOf(db)).toEqual(eb && bitsOf(eb))
    const sum = ea?.add(one).dataSync() ?? []
    for (const [i, value] of (da?.dataSync() ?? []).entries())
      expect(Math.abs(value - (sum[i] ?? NaN))).toBeLessThan(1e-5)
    w.dispose()
  })

  it("throws the network's error, and leaks nothing", () => {
    const net = regressor()
    const params = lively(net.params, 1)
    const huge = mapTensors(params, (leaf) => leaf.mul(1e6))
    const x = noise([2, 3], 1)
    const state = tf.engine() as unknown as { state: { gradientDepth: number; kernelDepth: number } }
    const before = [alive(), state.state.gradientDepth, state.state.kernelDepth]
    expect(() => tf.tidy(() => toFunction(net, huge, key(1))(x))).toThrow(GridOverflow)
    expect(() => tf.tidy(() => tf.grad((a: tf.Tensor) => toFunction(net, huge, key(1))(a).sum())(x))).toThrow(
      GridOverflow,
    )
    expect(() => tf.tidy(() => toFunction(net, params, key(1))(tf.ones([2, 4])))).toThrow()
    expect([alive(), state.state.gradientDepth, state.state.kernelDepth]).toEqual(before)
  })

  it("trains as a layer of a sequential model", async () => {
    const { Network } = layerOf(regressor())
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 3, inputShape: [2], kernelInitializer: tf.initializers.constant({ value: 0.3 }) }),
        new Network({}),
      ],
    })
    model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" })
    const x = noise([8, 2], 1)
    const y = x.sum(1, true)
    const history = await model.fit(x, y, { epochs: 12, batchSize: 4, shuffle: false, verbose: 0, yieldEvery: "never" })
    const losses = history.history["loss"] as number[]
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? NaN))
    expect(model.trainableWeights.length).toBe(2 + 2 + 4 * 2 + 2)
  })

  it("predicts with toInference, which draws nothing and has the bits of infer", async () => {
    const { bijection: network } = tinyGpt()
    const params = lively(network.params, 1)
    const batch = tinyBatch()
    const before = alive()
    const value = toInference(network, params)(batch)
    const predicted = bitsOf(value)
    value.dispose()
    expect(alive()).toEqual(before)
    const inferred = await ask(network.infer(batch), tensorEnv({ params, seed: 9, samples }))
    expect(predicted).toEqual(bitsOf(inferred))
    const trained = toFunction(network, params, key(9))(batch)
    expect(bitsOf(trained)).not.toEqual(predicted)
    tf.dispose([inferred, trained])
  })
})

/** A tfjs layer class around a network, with its parameters as weights. */
const layerOf = (net: ReturnType<typeof regressor>) => {
  class Network extends tf.layers.Layer {
    static className = "Network"
    private steps = 0
    private weightsByPath = new Map<string, { read: () => tf.Tensor }>()
    override build(): void {
      for (const [path, leaf] of net.params.leaves(net.params.init(Key.fromSeed(1)))) {
        const start = leaf as tf.Tensor // tensors all
        const weight = this.addWeight(path, start.shape, "float32", {
          apply: () => start,
        } as never)
        this.weightsByPath.set(path, weight)
      }
      this.built = true
    }
    override computeOutputShape(shape: tf.Shape): tf.Shape {
      return [shape[0] ?? null, 1]
    }
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs]
      if (x === undefined) throw new ShapeMismatch("A network needs an input.")
      const leaves = new Map([...this.weightsByPath].map(([path, weight]) => [path, weight.read()]))
      return toFunction(net, right(Params.fromLeaves(net.params, leaves)), key(1, this.steps++))(x)
    }
  }
  return { Network }
}
