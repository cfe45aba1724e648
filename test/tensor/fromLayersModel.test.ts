/**
 * A tf.layers model as a layer: the values and gradients of the model, and a model that nothing happens to.
 */
import { either as E, option as O } from "fp-ts"
import { Bdia, Key, LayerFailed, Params, ShapeMismatch } from "bijou"
import { fromLayersModel, tensorEnv, tensorSpace, tensorsIn, tf } from "bijou/tensor"
import type { ModelWeights } from "../../src/tensor/ops/fromLayersModel.ts"
import { expect, it } from "vitest"
import { alive, ask, bitsOf, leafBits, noise, onBackends } from "../support/specimens.ts"

const { layers } = tf

const uniform = (seed: number) => tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed })

/** LayerNorm, then two dense layers, from 4 to 4. */
const perceptron = () =>
  tf.sequential({
    layers: [
      layers.layerNormalization({ inputShape: [3, 4], name: "norm" }),
      layers.dense({ units: 6, activation: "tanh", kernelInitializer: uniform(1), name: "up" }),
      layers.dense({ units: 4, kernelInitializer: uniform(2), biasInitializer: uniform(3), name: "down" }),
    ],
  })

const pathsOf = (params: Params<ModelWeights>): ReadonlyArray<string> =>
  params.leaves(params.init(Key.fromSeed(0))).map(([path]) => path)

/** A model of these layers on inputs [batch, 4]. */
const modelOf = (...parts: ReadonlyArray<tf.layers.Layer>): tf.LayersModel =>
  tf.sequential({ layers: [layers.dense({ units: 4, inputShape: [4], name: "first" }), ...parts], name: "it" })

onBackends("a tf.layers model as a layer", () => {
  it("has the bits of the model, and its gradients those of tf.variableGrads", () => {
    const model = perceptron()
    const layer = fromLayersModel(model)
    const x = noise([2, 3, 4], 1)
    const dy = noise([2, 3, 4], 2)
    const params = layer.params.init(Key.fromSeed(1))
    const before = alive()
    const { value, pull } = layer.vjp(params, x, O.none)
    const plain = layer.apply(params, x, O.none)
    const { cotangent, grads } = pull(dy)
    expect(bitsOf(plain)).toEqual(bitsOf(value))

    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable) // what weights are
    const input = tf.variable(x)
    const theirs = tf.variableGrads(
      () => (model.apply(input, { training: true }) as tf.Tensor).mul(dy).sum() as tf.Scalar, // a model of one output
      [...variables, input],
    )
    const expected = variables.map(({ name }) => bitsOf(theirs.grads[name] ?? x))
    expect(Object.values(leafBits(layer.params, grads))).toEqual(expected)
    expect(cotangent && bitsOf(cotangent)).toEqual(bitsOf(theirs.grads[input.name] ?? x))
    tf.dispose([value, plain, cotangent ?? [], grads, theirs, input])
    expect(alive()).toEqual(before)
  })

  it("starts from the model's weights, and neither changes when the other is trained", () => {
    const model = perceptron()
    const layer = fromLayersModel(model)
    const frozen = fromLayersModel(model, { weights: "frozen" })
    const x = noise([2, 3, 4], 1)
    const weights = () => model.getWeights().map(bitsOf)
    const before = weights()
    const value = bitsOf(layer.apply(layer.params.init(Key.fromSeed(1)), x, O.none))
    expect(Object.values(leafBits(layer.params, layer.params.init(Key.fromSeed(1))))).toEqual(before)

    const moved = layer.params.add(layer.params.init(Key.fromSeed(1)), layer.params.init(Key.fromSeed(2)))
    expect(bitsOf(layer.apply(moved, x, O.none))).not.toEqual(value)
    expect(weights()).toEqual(before)

    model.setWeights(model.getWeights().map((weight) => weight.add(1)))
    expect(bitsOf(layer.apply(layer.params.init(Key.fromSeed(1)), x, O.none))).toEqual(value)
    expect(bitsOf(frozen.apply({}, x, O.none))).toEqual(value)
  })

  it("gives the model its weights back when an evaluation throws, and leaves nothing", () => {
    const model = perceptron()
    const layer = fromLayersModel(model)
    const params = layer.params.init(Key.fromSeed(1))
    const own = model.weights.map((weight) => weight.read())
    const wrong = noise([2, 3, 5], 1)
    const before = alive()
    expect(() => layer.apply(params, wrong, O.none)).toThrow("5")
    expect(() => layer.vjp(params, wrong, O.none)).toThrow("5")
    expect(model.weights.map((weight) => weight.read())).toEqual(own)
    expect(alive()).toEqual(before)
  })

  it("is a residual that goes back to the same bits, in a chain whose blocks have weights of their own", async () => {
    const space = tensorSpace(9)
    const chain = Bdia.fromResidual({ space, layer: fromLayersModel(perceptron()) }, 4)
    const params = chain.params.init(Key.fromSeed(1))
    expect(chain.params.leaves(params).length).toBe(4 * 6)
    const x = space.quantize(noise([2, 3, 4], 1))
    const env = () => tensorEnv({ params, seed: 1, samples: [0, 1] })
    const [state, side] = await ask(chain.forward(x), env())
    expect(bitsOf(await ask(chain.inverse(state, side), env()))).toEqual(bitsOf(x))
  })

  it("is a frozen residual as well, with dropout and batch normalization as in inference", () => {
    const model = modelOf(
      layers.batchNormalization(),
      layers.dropout({ rate: 0.5 }),
      layers.activation({ activation: "elu" }),
    )
    const layer = fromLayersModel(model, { weights: "frozen" })
    const x = noise([2, 4], 1)
    expect(layer.params.leaves(layer.params.init(Key.fromSeed(1)))).toEqual([])
    const { value, pull } = layer.vjp({}, x, O.some({ key: Key.fromSeed(1), samples: [0, 1] }))
    expect(bitsOf(value)).toEqual(bitsOf(tf.tidy(() => model.predict(x) as tf.Tensor))) // one output
    const gradient = tf.grad((a: tf.Tensor) => model.apply(a) as tf.Tensor)(x)
    expect(bitsOf(pull(tf.onesLike(value)).cotangent ?? x)).toEqual(bitsOf(gradient))
  })

  it("is read by loadLayersModel as well, with the same names and bits", async () => {
    const model = perceptron()
    const x = noise([2, 3, 4], 1)
    const saved: tf.io.ModelArtifacts[] = []
    const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: "JSON" as const }
    await model.save(tf.io.withSaveHandler(async (all) => ({ modelArtifactsInfo, ...(saved.push(all) && {}) })))
    const loaded = fromLayersModel(await tf.loadLayersModel(tf.io.fromMemory(saved[0] ?? {})))
    const layer = fromLayersModel(model)
    const start = loaded.params.init(Key.fromSeed(1))
    expect(leafBits(loaded.params, start)).toEqual(leafBits(layer.params, layer.params.init(Key.fromSeed(1))))
    expect(bitsOf(loaded.apply(start, x, O.none))).toEqual(bitsOf(layer.apply(start, x, O.none)))
  })

  it("names the parameters after the model's layers, whatever else the program has made", () => {
    expect(pathsOf(fromLayersModel(perceptron()).params)).toEqual([
      ...["norm/gamma", "norm/beta", "up/kernel", "up/bias", "down/kernel", "down/bias"],
    ])
    const nested = () => {
      const inner = tf.sequential({ layers: [layers.dense({ units: 4, inputShape: [4], useBias: false })] })
      const more = [layers.dense({ units: 4 }), inner, layers.dense({ units: 4, useBias: false, name: "a/b" })]
      return fromLayersModel(modelOf(...more)).params
    }
    const paths = pathsOf(nested())
    expect(paths).toEqual([
      ...["first/kernel", "first/bias", "dense_Dense1/kernel", "dense_Dense1/bias"],
      ...["sequential_1/dense_Dense2/kernel", "a_b/kernel"],
    ])
    expect(pathsOf(nested())).toEqual(paths)
  })

  it("leaves weights alone that the model does not train", () => {
    const fixed = layers.dense({ units: 4, trainable: false })
    const norm = layers.batchNormalization({ trainable: false })
    const layer = fromLayersModel(modelOf(fixed, norm))
    expect(pathsOf(layer.params)).toEqual(["first/kernel", "first/bias"])
  })

  it("refuses a residual of another shape when it is evaluated", async () => {
    const space = tensorSpace(9)
    const layer = fromLayersModel(modelOf(layers.dense({ units: 3 })))
    const chain = Bdia.fromResidual({ space, layer }, 2)
    const env = tensorEnv({ params: chain.params.init(Key.fromSeed(1)), seed: 1, samples: [0, 1] })
    await expect(ask(chain.forward(space.quantize(noise([2, 4], 1))), env)).rejects.toThrow(ShapeMismatch)
    await expect(ask(chain.forward(space.quantize(noise([2, 5], 1))), env)).rejects.toThrow(LayerFailed)
  })
})

it.each<[string, () => tf.LayersModel, "frozen" | "trainable", string]>([
  [
    "dropout",
    () => modelOf(layers.dropout({ rate: 0.25, name: "drop" })),
    "trainable",
    'The layer "drop" of the model "it" is a Dropout of 0.25, which draws numbers of its own in training. Leave it out and use bijou\'s Dropout, or freeze the model by { weights: "frozen" }.',
  ],
  [
    "noise",
    () => modelOf(layers.gaussianNoise({ stddev: 0.5, name: "noise" })),
    "trainable",
    'The layer "noise" of the model "it" is a GaussianNoise of 0.5',
  ],
  [
    "dropout inside a cell",
    () =>
      modelOf(
        layers.reshape({ targetShape: [2, 2] }),
        layers.bidirectional({
          layer: layers.gru({ units: 2, dropout: 0.5 }) as never,
          mergeMode: "concat",
          name: "both",
        }),
      ),
    "trainable",
    'The layer "both" of the model "it" is a GRU of 0.5',
  ],
  [
    "dropout inside a model inside",
    () => modelOf(tf.sequential({ layers: [layers.dropout({ rate: 0.5, name: "deep", inputShape: [4] })] })),
    "trainable",
    'The layer "deep" of the model "it" is a Dropout of 0.5',
  ],
  [
    "batch normalization",
    () => modelOf(layers.batchNormalization({ name: "norm" })),
    "trainable",
    'The layer "norm" of the model "it" is a BatchNormalization, whose averages change',
  ],
  [
    "state",
    () =>
      tf.sequential({
        layers: [layers.lstm({ units: 2, stateful: true, batchInputShape: [2, 3, 2], name: "memory" })],
        name: "it",
      }),
    "frozen",
    'The layer "memory" of the model "it" is a stateful LSTM, which goes on from the call before. Make it with stateful: false.',
  ],
  [
    "two outputs",
    () => {
      const x = tf.input({ shape: [4] })
      const one = () => layers.dense({ units: 4 }).apply(x) as tf.SymbolicTensor
      return tf.model({ inputs: x, outputs: [one(), one()], name: "it" })
    },
    "frozen",
    'The model "it" has 2 outputs, and a layer has one. Take a part of it by tf.model({ inputs, outputs }).',
  ],
  ["no layers", () => tf.sequential({ name: "it" }), "trainable", 'The model "it" has 0 inputs, and a layer has one'],
  ["something else", () => "it" as never, "trainable", 'A model of tf.layers is needed, not "it".'],
])("refuses a model with %s, by name", (_, model, weights, sentence) => {
  expect(() => fromLayersModel(model(), { weights })).toThrow(sentence)
})

it("takes layers whose rate is 0, and those that draw where the model is frozen", () => {
  expect(tensorsIn(fromLayersModel(modelOf(layers.dropout({ rate: 0 }))).params.init(Key.fromSeed(1))).length).toBe(2)
  fromLayersModel(modelOf(layers.gaussianDropout({ rate: 0.5 })), { weights: "frozen" })
})

it("names the parameter that is missing", () => {
  const layer = fromLayersModel(perceptron())
  const found = Params.fromLeaves(layer.params, new Map())
  expect(E.isLeft(found) && found.left.message).toBe("The parameter norm/gamma is missing.")
})
