/**
 * A reversible chain as one layer of a `tf.layers` model, trained by `fit`, saved and loaded; and a model as the
 * residual of a chain.
 *
 * Run it after `npm run build`, on a Node that strips types: `node examples/layersModel.ts`. Try all laws on the
 * residual with `npx bijou check examples/layersModel.ts`.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, named, Params, Side } from "bijou"
import { subject } from "bijou/laws"
import { gridTensor } from "bijou/laws/tensor"
import { onGrid } from "bijou/net"
import { float32TensorSide, fromLayersModel, fromTfjs, tensorSpace, tf, toLayer, useBackend } from "bijou/tensor"

await useBackend("wasm")

// A residual that someone wrote in tf.layers: h(x) = tanh(LayerNorm(x) W + b). Its weights become the parameters of
// every block.
const h = tf.sequential({
  layers: [
    tf.layers.layerNormalization({ inputShape: [8] }),
    tf.layers.dense({ units: 8, activation: "tanh", kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
  ],
})
const space = tensorSpace(9)
const residual = { space, layer: fromLayersModel(h) }
export const written = subject({ residual, inputs: gridTensor(space, [4, 8]) })

// x_0 = Q(x), four blocks of h, and of the last state (x_3, x_4) the second.
const enter = onGrid(space)(fromTfjs(Params.none, (_, x: tf.Tensor) => x))
const leave = fromTfjs(Params.none, (_, [, last]: readonly [tf.Tensor, tf.Tensor]) => last)
const network = F.pipe(
  F.pipe(enter, keep(float32TensorSide(null)), named("enter")),
  andThen(F.pipe(Bdia.fromResidual(residual, 4), named("blocks"))),
  andThen(F.pipe(leave, keep(Side.pair(space.value, space.value)), named("leave"))),
)

// The network as a kind of layer; a saved model names it "chain of four".
const chain = toLayer(network, "chain of four")
const constant = (value: number) => tf.initializers.constant({ value })
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 8, inputShape: [2], kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
    chain({ seed: 1 }),
    tf.layers.dense({ units: 1, kernelInitializer: constant(0.1) }),
  ],
})
model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" })

// y = x_1 x_2 on a grid of points, which no linear map can fit.
const points = Array.from({ length: 36 }, (_, i) => [((i % 6) - 2.5) / 2.5, (Math.floor(i / 6) - 2.5) / 2.5])
const [x, y] = [tf.tensor2d(points), tf.tensor2d(points.map(([a = 0, b = 0]) => [a * b]))]

const { history } = await model.fit(x, y, { epochs: 30, batchSize: 36, shuffle: false, verbose: 0 })
const losses = history["loss"] as number[] // one number per epoch
console.log(`weights: ${model.trainableWeights.length}`)
console.log(`loss falls by more than half: ${(losses.at(-1) ?? NaN) < 0.5 * (losses[0] ?? NaN)}`)

// Saved to memory here; to files or to a browser's storage it is the same.
const saved: tf.io.ModelArtifacts[] = []
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved.push(artifacts)
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) }
  }),
)
const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved[0] ?? {}))
const predictions = [model, loaded].map((one) => [one.predict(x)].flat()[0]?.dataSync().join())
console.log(`the loaded model predicts the same: ${predictions[0] === predictions[1]}`)
