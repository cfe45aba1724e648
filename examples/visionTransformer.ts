/**
 * A small reversible vision transformer (Mangalam et al. 2022), with two half couplings per block:
 *
 *     a' = a + Q(attention(b))
 *     b' = b + Q(perceptron(a'))
 *
 * It learns whether the bar in an image is vertical or horizontal, and its blocks save no side information.
 *
 * Run it after `npm run build`, on a Node that strips types: `node examples/visionTransformer.ts`.
 */
import { either as E, function as F } from "fp-ts"
import {
  andThen,
  Coupling,
  differingBits,
  dimap,
  first,
  keep,
  Key,
  named,
  Params,
  Plan,
  repeat,
  runPromise,
  Side,
  swap,
  uniforms,
  type Two,
} from "bijou"
import { AdamW, Attention, crossEntropy, heldBytes, LayerNorm, Linear, Mlp, onGrid, training } from "bijou/net"
import {
  float32TensorSide,
  fromTfjs,
  halves,
  int32TensorSide,
  tensor,
  tensorEnv,
  tensorSpace,
  tf,
  useBackend,
} from "bijou/tensor"

await useBackend("wasm")

const [batch, size, patch, width, depth] = [16, 8, 2, 16, 6]
const tokens = (size / patch) ** 2
const space = tensorSpace(9)

// ------------------------------------------------------------- network

/** Maps images as patches, `[batch, tokens, patch^2]`, to both streams side by side, `[batch, tokens, 2 width]`. */
const embed = fromTfjs(
  Params.struct({
    patches: Linear.params(patch * patch, 2 * width, 0.5),
    places: tensor.normal([tokens, 2 * width], 0.1),
  }),
  ({ patches, places }, x: tf.Tensor) => Linear.apply(patches, x).add(places),
)
const attention = fromTfjs(
  Params.struct({ norm: LayerNorm.params(width), attention: Attention.params(width) }),
  ({ norm, attention }, x: tf.Tensor) => Attention.apply(attention, LayerNorm.apply(norm, x), 2, "full"),
)
const perceptron = fromTfjs(
  Params.struct({ norm: LayerNorm.params(width), mlp: Mlp.params(width, 4 * width) }),
  ({ norm, mlp }, x: tf.Tensor) => Mlp.apply(mlp, LayerNorm.apply(norm, x)),
)
const classify = fromTfjs(
  Params.struct({ norm: LayerNorm.params(width), linear: Linear.params(width, 2, 0.3) }),
  ({ norm, linear }, [[a, b], labels]: readonly [Two<tf.Tensor>, tf.Tensor]) =>
    crossEntropy(Linear.apply(linear, LayerNorm.apply(norm, a.add(b)).mean(1)), labels),
)

const turn = swap<tf.Tensor, tf.Tensor>()
const block = F.pipe(
  named("attention")(Coupling.half({ space, layer: attention })),
  andThen(dimap(turn, turn)(named("perceptron")(Coupling.half({ space, layer: perceptron })))),
)
const blocks = repeat(depth)(block)
const network = F.pipe(
  F.pipe(embed, onGrid(space), keep(float32TensorSide(null)), named("embed")),
  andThen(halves(-1)),
  andThen(named("blocks")(blocks)),
  first<tf.Tensor>(),
  andThen(named("head")(keep(Side.pair(Side.pair(space.value, space.value), int32TensorSide))(classify))),
)

// ---------------------------------------------------------------- data

/**
 * One bar of ones in noise per sample: label 0 is horizontal, label 1 is vertical. The sample's id determines its
 * place.
 */
const data = (samples: ReadonlyArray<number>): [images: tf.Tensor, labels: tf.Tensor] => {
  const count = size * size + 2
  const drawn = uniforms({ key: Key.child("images")(Key.fromSeed(3)), samples }, count)
  const images = new Float32Array(samples.length * size * size)
  const labels = new Int32Array(samples.length)
  for (const i of samples.keys()) {
    const [kind = 0, at = 0, ...noise] = drawn.subarray(count * i, count * (i + 1))
    labels[i] = kind < 0.5 ? 0 : 1
    const bar = Math.floor(at * size)
    for (const [place, value] of noise.entries()) {
      const [row, column] = [Math.floor(place / size), place % size]
      images[size * size * i + place] = (value - 0.5) / 2 + ((labels[i] === 0 ? row : column) === bar ? 1 : 0)
    }
  }
  return [patches(images, samples.length), tf.tensor1d(labels, "int32")]
}

/** Maps `[count, size, size]` to `[count, tokens, patch^2]`. */
const patches = (images: Float32Array, count: number): tf.Tensor =>
  tf.tidy(() => {
    const side = size / patch
    const cut = tf.tensor(images, [count, side, patch, side, patch]).transpose([0, 1, 3, 2, 4])
    return cut.reshape([count, tokens, patch * patch])
  })

// ------------------------------------------------------------ inversion

const params = network.params.init(Key.fromSeed(1))
const samples = Array.from({ length: batch }, (_, i) => i)
const state = [0, 1].map((seed) => space.quantize(tf.randomNormal([batch, tokens, width], 0, 1, "float32", seed)))
const pair = state as [tf.Tensor, tf.Tensor] // of two seeds
const env = tensorEnv({ params: params.blocks, seed: 1, samples })
const [out, side] = await runPromise(blocks.forward(pair))(env)
const back = await runPromise(blocks.inverse(out, side))(env)
console.log(`blocks leave ${blocks.side.bits(side)} bits`)
const differing = pair.map((x, i) => differingBits(x.dataSync(), (back[i] ?? x).dataSync()))
console.log(`bits that differ after a round trip: ${differing.join(" and ")}`)
tf.dispose([...pair, ...out, ...back])

// --------------------------------------------------------------- memory

const held = async (plan: Plan): Promise<number> => {
  const input = data(samples)
  const bytes = await heldBytes(network, input, tensorEnv({ params, seed: 1, samples, plan }))()
  tf.dispose(input)
  if (E.isLeft(bytes)) throw bytes.left
  return bytes.right
}
const [reversed, taped] = [await held(Plan.reversed), await held(Plan.taped)]
console.log(`kB held when the loss is known: ${Math.round(reversed / 1000)} reversed`)
console.log(`ordinary backpropagation holds more than ten times as much: ${taped > 10 * reversed}`)

// ------------------------------------------------------------- training

const schedule = { peak: 1e-2, floor: 1e-3, warmup: 5, steps: 200 }
const plan = { optimizer: AdamW.config, schedule, batch, seed: 1, data }
const losses: number[] = []
for await (const { loss } of training(network, plan, { params, state: AdamW.init(network.params, params) }))
  losses.push(loss)
console.log(`starts near log 2: ${Math.abs((losses.at(0) ?? NaN) - Math.log(2)) < 0.1}`)
console.log(`learns to tell the bars apart: ${Math.max(...losses.slice(-10)) < 0.1}`)
