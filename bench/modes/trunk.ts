/**
 * The trunk of a transformer, forwards and backwards: the loss mean(y^2) and the gradients of the input and of all parameters.
 */
import { either as E } from "fp-ts"
import { Key, Plan, gammas, run } from "bijou"
import { buffers, mapTensors, peakBytes, tensorEnv, tensorsIn, tf } from "bijou/tensor"
import { trunk as sizes } from "../sizes.ts"
import { h, start } from "../trunkNetwork.ts"

const { batch } = sizes

/** A step through bijou under a plan. */
const planned = (plan) => (depth) => {
  const { net, params, x, samples } = start(depth)
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
const variableGrads = (depth) => {
  const { space, params, x, samples } = start(depth)
  const variables = params.map((block) => mapTensors(block, (leaf) => tf.variable(leaf)))
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

/** Reversed, but the last block's tape is kept: it is pulled first, so that costs no peak and saves an evaluation. */
const lastTaped = (depth) => planned({ [depth - 1]: "tape" })(depth)

export const modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped), variableGrads }
