/**
 * A network as a layer of a tf.layers model: trained by fit, saved and loaded.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, Key, named, Params, serial, Side } from "bijou"
import { Dropout, Embedding, Linear } from "bijou/net"
import {
  float32TensorSide,
  fromTfjs,
  int32TensorSide,
  mapTensors,
  tensorSpace,
  tf,
  toFunction,
  toInference,
  toLayer,
} from "bijou/tensor"
import { expect, it } from "vitest"
import { alive, bitsOf, leafBits, lively, noise, onBackends } from "../support/specimens.ts"

const step = (seed: number, n: number): Key => Key.step(n)(Key.fromSeed(seed))

/** From width 3 to 4, a chain of blocks with dropout, and the last state. */
const network = (() => {
  const space = tensorSpace(9)
  const layer = F.pipe(
    Linear.make(4, 4, 0.5),
    serial(fromTfjs(Params.none, (_, x: tf.Tensor) => tf.tanh(x))),
    serial(Dropout.make("drop", 0.25)),
  )
  const straight = tf.customGrad((x) => ({
    value: space.quantize(x as tf.Tensor), // the one input
    gradFunc: (dy: tf.Tensor) => dy.clone(),
  }))
  const enter = fromTfjs(Linear.params(3, 4, 0.5), (p, x: tf.Tensor) => straight(Linear.apply(p, x)))
  const leave = fromTfjs(Params.none, (_, [, last]: readonly [tf.Tensor, tf.Tensor]) => last)
  return F.pipe(
    F.pipe(enter, keep(float32TensorSide(null)), named("in")),
    andThen(F.pipe(Bdia.fromResidual({ space, layer }, 3), named("blocks"))),
    andThen(F.pipe(leave, keep(Side.pair(space.value, space.value)), named("out"))),
  )
})()

const chain = toLayer(network, "test chain")

const modelOf = (...layers: ReadonlyArray<tf.layers.Layer>) => {
  const kernelInitializer = tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 1 })
  const first = tf.layers.dense({ units: 3, inputShape: [2], kernelInitializer, name: "first" })
  const last = tf.layers.dense({ units: 1, kernelInitializer, name: "last" })
  return tf.sequential({ layers: [first, ...layers, last] })
}

const compile = (model: tf.LayersModel): tf.LayersModel => {
  model.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" })
  return model
}

const fit = async (model: tf.LayersModel, epochs: number): Promise<ReadonlyArray<number>> => {
  const x = noise([8, 2], 1)
  const options = { epochs, batchSize: 4, shuffle: false, verbose: 0, yieldEvery: "never" } as const
  const { history } = await model.fit(x, x.sum(1, true), options)
  return history["loss"] as number[] // one number an epoch
}

/** What `model.save` stores. */
const save = async (model: tf.LayersModel): Promise<tf.io.ModelArtifacts> => {
  const saved: tf.io.ModelArtifacts[] = []
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved.push(artifacts)
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) }
  })
  await model.save(handler)
  return saved[0] ?? {}
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().map(bitsOf)

onBackends("a network as a tf.layers layer", () => {
  it("has the value of toFunction in training, with a draw of its own in every step, and that of toInference else", () => {
    const layer = chain({ seed: 5 })
    const x = noise([2, 3], 1)
    layer.apply(x)
    const params = chain.params(layer)
    expect(leafBits(network.params, params)).toEqual(leafBits(network.params, network.params.init(Key.fromSeed(5))))
    const train = () => bitsOf(layer.apply(x, { training: true }) as tf.Tensor) // one output
    expect(train()).toEqual(bitsOf(toFunction(network, params, step(5, 0))(x)))
    expect(train()).toEqual(bitsOf(toFunction(network, params, step(5, 1))(x)))
    expect(bitsOf(layer.apply(x) as tf.Tensor)).toEqual(bitsOf(toInference(network, params)(x)))
    expect(
      toFunction(network, params, step(5, 0))(x).sub(toInference(network, params)(x)).abs().max().dataSync()[0],
    ).not.toBe(0)
  })

  it("has the gradients of toFunction, for its weights, its input and the layers before it", () => {
    const model = modelOf(chain({ seed: 5, name: "chain" }))
    const x = noise([4, 2], 1)
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable) // what weights are
    const [kernel = x, bias = x, ...rest] = weights
    const [lastKernel = x, lastBias = x] = rest.slice(-2)
    const leaves = network.params.leaves(chain.params(model.getLayer("chain")))
    expect(leaves.length).toBe(rest.length - 2)
    const found = tf.variableGrads(() => (model.apply(x, { training: true }) as tf.Tensor).sum() as tf.Scalar, weights)
    const expected = tf.variableGrads(() => {
      const params = Params.fromLeaves(network.params, new Map(leaves.map(([path], i) => [path, rest[i]])))
      if (params._tag === "Left") throw params.left
      const y = toFunction(network, params.right, step(5, 0))(x.matMul(kernel).add(bias))
      return y.matMul(lastKernel).add(lastBias).sum() as tf.Scalar
    }, weights)
    const bits = ({ grads }: typeof found) =>
      Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, bitsOf(g)]))
    expect(bits(found)).toEqual(bits(expected))
    for (const gradient of Object.values(found.grads)) expect(gradient.abs().max().dataSync()[0]).toBeGreaterThan(0)
  })

  it("is trained by fit, and leaves nothing after a step", async () => {
    const model = compile(modelOf(chain({ seed: 5 })))
    const before = weightsOf(model)
    await fit(model, 1)
    const steady = alive()
    const losses = await fit(model, 12)
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? NaN))
    expect(alive().buffers - steady.buffers).toBeLessThanOrEqual(2) // the two tensors that were fitted
    const after = weightsOf(model)
    expect(after.length).toBe(before.length)
    for (const [i, bits] of after.entries()) expect(bits, model.weights[i]?.name).not.toEqual(before[i])
  })

  it("comes back from save and load with the same bits, and goes on with the draws that it would have had", async () => {
    const model = compile(modelOf(chain({ seed: 5 })))
    await fit(model, 2)
    const saved = await save(model)
    const loaded = compile(await tf.loadLayersModel(tf.io.fromMemory(saved)))
    expect(weightsOf(loaded)).toEqual(weightsOf(model))
    const x = noise([3, 2], 7)
    expect(bitsOf(loaded.predict(x) as tf.Tensor)).toEqual(bitsOf(model.predict(x) as tf.Tensor)) // one output
    expect(await fit(loaded, 2)).toEqual(await fit(model, 2))
    expect(weightsOf(loaded)).toEqual(weightsOf(model))
  })

  it("comes back as the first layer of a model too, on token ids", async () => {
    const ids = toLayer(embedding, "token ids")
    const first = ids({ seed: 2, inputShape: [3], inputDType: "int32", name: "ids" })
    const model = tf.sequential({ layers: [first, tf.layers.flatten(), tf.layers.dense({ units: 1 })] })
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await save(model)))
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32")
    expect(loaded.inputs[0]?.shape).toEqual([null, 3])
    expect(bitsOf(loaded.predict(x) as tf.Tensor)).toEqual(bitsOf(model.predict(x) as tf.Tensor)) // one output
  })

  it("starts from given parameters, which stay the caller's", () => {
    const params = lively(network.params, 3)
    const layer = chain({ seed: 5, params })
    const x = noise([2, 3], 1)
    const value = bitsOf(layer.apply(x) as tf.Tensor)
    expect(value).toEqual(bitsOf(toInference(network, params)(x)))
    const taken = chain.params(layer)
    layer.dispose()
    expect(leafBits(network.params, taken)).toEqual(leafBits(network.params, params))
    mapTensors([params, taken], (leaf) => (leaf.dispose(), leaf))
  })

  it("knows the shape of its output, where sizes are open and where the input is token ids", () => {
    const openLinear = toLayer(sized, "open sizes")({ seed: 1 })
    expect(openLinear.apply(tf.input({ shape: [null, 2] }))).toMatchObject({ shape: [null, null, 5] })
    const ids = toLayer(embedding, "token ids")({ seed: 1 })
    expect(ids.apply(tf.input({ shape: [3], dtype: "int32" }))).toMatchObject({ shape: [null, 3, 4] })
    expect(() => chain({ seed: 1 }).apply(tf.input({ shape: [7] }))).toThrow("7")
  })

  it("takes several inputs as an array", () => {
    const [x, y] = [noise([2, 3], 1), noise([2, 3], 2)]
    const layer = toLayer(sum, "sum of two")({ seed: 1 })
    expect(bitsOf(layer.apply([x, y]) as tf.Tensor)).toEqual(bitsOf(x.add(y))) // one output
  })

  it("says that inference has no gradient, where one is asked for", () => {
    const layer = chain({ seed: 5, name: "chain" })
    const x = noise([2, 3], 1)
    tf.dispose(layer.apply(x) as tf.Tensor)
    const before = alive()
    expect(() => tf.tidy(() => tf.grad((a: tf.Tensor) => layer.apply(a) as tf.Tensor)(x))).toThrow(
      'The layer "chain" has no gradient in inference. Call its model with { training: true }',
    )
    expect(alive()).toEqual(before)
  })
})

const sized = F.pipe(Linear.make(2, 5, 0.5), keep(float32TensorSide(null)), named("linear"))

const embedding = F.pipe(Embedding.make(7, 5, 4), keep(int32TensorSide), named("embedding"))

const sum = F.pipe(
  fromTfjs(Params.none, (_, [x, y]: readonly [tf.Tensor, tf.Tensor]) => tf.add(x, y)),
  keep(Side.pair(float32TensorSide(null), float32TensorSide(null))),
)

it("refuses to load a model whose network is not registered, and names the registration", async () => {
  const saved = await save(modelOf(chain({ seed: 5 })))
  const other = JSON.parse(JSON.stringify(saved.modelTopology).replaceAll("test chain", "lost chain")) as object
  await expect(tf.loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology: other }))).rejects.toThrow(
    'The model has the network "lost chain", and none is registered under this name. Call toLayer(network, "lost chain") before the model is loaded.',
  )
})

it("refuses two networks of one name, a layer of another network, and what is no seed", () => {
  expect(toLayer(network, "test chain")({ seed: 1 }).getConfig()).toMatchObject({ network: "test chain", seed: 1 })
  expect(() => toLayer(sized, "test chain")).toThrow(
    'Two networks cannot both be registered as "test chain", since a saved model names its network so. Use another name for one.',
  )
  expect(() => chain.params(tf.layers.dense({ units: 1, name: "dense" }))).toThrow(
    'The layer "dense" is not of the network "test chain". Give one that toLayer(network, "test chain") made.',
  )
  expect(() => chain({ seed: -1 })).toThrow("A seed must be")
})
