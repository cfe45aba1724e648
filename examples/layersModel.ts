/**
 * A reversible chain as one layer of a `tf.layers` model, trained by `fit`.
 *
 * Run it after `npm run build`, on a Node that strips types: `node examples/layersModel.ts`.
 */
import { either as E, function as F } from "fp-ts"
import { andThen, Bdia, keep, Key, named, Params, Side, type Bijection } from "bijou"
import { LayerNorm, Linear, onGrid } from "bijou/net"
import { float32TensorSide, fromTfjs, tensorSpace, tf, toFunction, toInference, useBackend } from "bijou/tensor"

await useBackend("wasm")

/** A network between tensors of one shape as a layer. Its parameters become the layer's weights. */
class Reversible<P, S> extends tf.layers.Layer {
  static className = "Reversible"
  readonly network: Bijection<P, tf.Tensor, tf.Tensor, S>
  readonly leaves = new Map<string, { read: () => tf.Tensor }>()
  step = 0

  constructor(network: Bijection<P, tf.Tensor, tf.Tensor, S>) {
    super({})
    this.network = network
  }

  override build(): void {
    const { params } = this.network
    for (const [path, leaf] of params.leaves(params.init(Key.fromSeed(1)))) {
      if (!(leaf instanceof tf.Tensor)) throw new TypeError(`The parameter ${path} is not a tensor.`)
      this.leaves.set(path, this.addWeight(path, leaf.shape, "float32", tf.initializers.zeros()).write(leaf))
      leaf.dispose()
    }
    this.built = true
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [x] = [inputs].flat()
    if (x === undefined) throw new TypeError("The layer takes one input.")
    const params = Params.fromLeaves(
      this.network.params,
      new Map([...this.leaves].map(([path, w]) => [path, w.read()])),
    )
    if (E.isLeft(params)) throw params.left
    if (training !== true) return toInference(this.network, params.right)(x)
    return toFunction(this.network, params.right, Key.step(this.step++)(Key.fromSeed(1)))(x)
  }
}

// x_0 = Q(x), four blocks of h(x) = tanh(LayerNorm(x) W + b), and then x_4 of the last state (x_3, x_4).
const space = tensorSpace(9)
const h = fromTfjs(
  Params.struct({ norm: LayerNorm.params(8), linear: Linear.params(8, 8, 0.3) }),
  ({ norm, linear }, x: tf.Tensor) => tf.tanh(Linear.apply(linear, LayerNorm.apply(norm, x))),
)
const enter = onGrid(space)(fromTfjs(Params.none, (_, x: tf.Tensor) => x))
const leave = fromTfjs(Params.none, (_, [, last]: readonly [tf.Tensor, tf.Tensor]) => last)
const network = F.pipe(
  F.pipe(enter, keep(float32TensorSide(null)), named("enter")),
  andThen(F.pipe(Bdia.fromResidual({ space, layer: h }, 4), named("blocks"))),
  andThen(F.pipe(leave, keep(Side.pair(space.value, space.value)), named("leave"))),
)

const constant = (value: number) => tf.initializers.constant({ value })
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 8, inputShape: [2], kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
    new Reversible(network),
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
