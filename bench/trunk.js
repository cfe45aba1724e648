/**
 * The trunk of a transformer, forwards and backwards: the loss mean(y^2) and the gradients of the input and of all parameters.
 *
 * h(x) = a + Mlp(LayerNorm(x + a)), a = Attention(LayerNorm(x)) over all tokens, float32, qkv without bias, exact-erf GELU.
 */
import { either as E } from "fp-ts"
import { Bdia, Key, Params, Plan, gammas, run } from "bijou"
import { Attention, LayerNorm, Linear, Mlp, multiply } from "bijou/residual"
import { buffers, fromTfjs, peakBytes, tensor, tensorEnv, tensorsIn, tensorSpace, tf, useBackend } from "bijou/tensor"
import { trunk as sizes } from "./sizes.js"

const { batch, tokens, width, heads, hidden, fractionBits } = sizes

const h = ({ norm1, qkv, out, norm2, mlp }, x) => {
  const mixed = Attention.mix(multiply(LayerNorm.apply(norm1, x), qkv), heads, "full")
  const a = Linear.apply(out, mixed)
  return a.add(Mlp.apply(mlp, LayerNorm.apply(norm2, x.add(a))))
}

const layer = fromTfjs(
  Params.struct({
    norm1: LayerNorm.params(width),
    qkv: tensor.normal([width, 3 * width], 0.02),
    out: Linear.params(width, width),
    norm2: LayerNorm.params(width),
    mlp: Mlp.params(width, hidden),
  }),
  h,
)

/** What every mode starts from; nothing here is on the clock. */
const start = async (depth) => {
  await useBackend("wasm")
  const space = tensorSpace(fractionBits)
  const net = Bdia.fromResidual({ space, layer }, depth)
  const params = net.params.init(Key.fromSeed(0))
  const noise = tensor.normal([batch, tokens, width], 1).init(Key.fromSeed(1))
  return { space, net, params, x: space.quantize(noise), samples: Array.from({ length: batch }, (_, i) => i) }
}

/** A step through bijou under a plan. */
const planned = (plan) => async (depth) => {
  const { net, params, x, samples } = await start(depth)
  const step = () => {
    const program = (env) => {
      const forward = net.forward(x)(env)
      if (E.isLeft(forward)) return forward
      const [[previous, y], side] = forward.right
      held = buffers().bytes - before
      const [loss, dy] = tf.tidy(() => [tf.mean(tf.square(y)), tf.mul(y, 2 / y.size)])
      const pulled = net.pullback([previous, y], side, [tf.zerosLike(previous), dy])(env)
      if (E.isLeft(pulled)) return pulled
      env.scope.release(pulled.right.input)
      return E.right([loss, pulled.right.cotangent, pulled.right.grads])
    }
    const before = buffers().bytes
    return run(program)(tensorEnv({ params, samples, seed: 1, plan }))()
  }
  let held = 0
  const take = async () => {
    const result = await step()
    if (E.isLeft(result)) throw result.left
    const [loss] = await result.right[0].data()
    for (const t of tensorsIn(result.right)) t.dispose()
    return loss
  }
  const measure = async () => {
    const before = buffers().bytes
    const { peak } = await peakBytes(take)
    return { held, peak: peak - before }
  }
  return { take, measure }
}

/** The same recurrence in plain TensorFlow.js, differentiated by `tf.variableGrads`, with bijou's kernels. */
const variableGrads = async (depth) => {
  const { space, params, x, samples } = await start(depth)
  const variables = params.map((block) => mapLeaves(block, (leaf) => tf.variable(leaf)))
  const x0 = tf.variable(x)
  const straight = (f) => tf.customGrad((y) => ({ value: f(y), gradFunc: (dy) => dy.clone() }))
  const quantize = straight(space.quantize)
  const lift = straight((y) => space.lift(y, space.parity(y)))
  const loss = () => {
    let [previous, y] = [x0, x0.add(quantize(h(variables[0], x0)))]
    for (let k = 1; k < depth; k++) {
      const g = gammas({ key: Key.child(`${k}`)(Key.fromSeed(1)), samples })
      const times = (f, z) => z.mul(tf.tensor3d(g.map(f), [batch, 1, 1]))
      const drift = quantize(times((gamma) => 1 - gamma, y).add(times((gamma) => 1 + gamma, h(variables[k], y))))
      const next = times((gamma) => gamma, lift(previous)).add(drift)
      previous = y
      y = next
    }
    return tf.mean(tf.square(y))
  }
  const take = async () => {
    const { value, grads } = tf.variableGrads(loss)
    const [read] = await value.data()
    tf.dispose([value, grads])
    return read
  }
  return { take, measure: () => measured(take) }
}

const measured = async (take) => {
  const before = buffers().bytes
  const { peak } = await peakBytes(take)
  return { held: null, peak: peak - before }
}

const mapLeaves = (tree, f) =>
  tree instanceof tf.Tensor
    ? f(tree)
    : Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, mapLeaves(part, f)]))

/** Reversed, but the last block's tape is kept: it is pulled first, so that costs no peak and saves an evaluation. */
const lastTaped = (depth) => planned({ [depth - 1]: "tape" })(depth)

export const modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped), variableGrads }
