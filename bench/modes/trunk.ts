/**
 * The trunk of a transformer in both passes: the loss mean(y^2) and the gradients of the input and of all parameters.
 */
import { either as E } from "fp-ts"
import { Key, Plan, gammas, runPromise, type Env, type Program } from "bijou"
import { buffers, mapTensors, peakBytes, tensorEnv, tensorsIn, tf } from "bijou/tensor"
import type { Footprint, Mode, Modes } from "../Mode.ts"
import { trunk as sizes } from "../sizes.ts"
import { h, start } from "../trunkNetwork.ts"

const { batch } = sizes

/** A step through bijou under a plan. */
const planned =
  (plan: Plan) =>
  (depth: number): Mode => {
    const { net, params, x, samples } = start(depth)
    type P = typeof params
    const step = () => {
      const program: Program<P, readonly [loss: tf.Tensor, cotangent: tf.Tensor | null, grads: P]> = (env: Env<P>) => {
        const forward = net.forward(x)(env)
        if (E.isLeft(forward)) return forward
        const [[previous, y], side] = forward.right
        held = buffers().bytes - before
        const loss = tf.tidy(() => tf.mean(tf.square(y)))
        const dy = tf.mul(y, 2 / y.size)
        const pulled = net.pullback([previous, y], side, [tf.zerosLike(previous), dy])(env)
        if (E.isLeft(pulled)) return pulled
        env.scope.release(pulled.right.input)
        return E.right([loss, pulled.right.cotangent, pulled.right.grads])
      }
      const before = buffers().bytes
      return runPromise(program)(tensorEnv({ params, samples, seed: 1, plan }))
    }
    let held = 0
    const take = async () => {
      const made = await step()
      const [loss] = await made[0].data()
      for (const t of tensorsIn(made)) t.dispose()
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
const variableGrads = (depth: number): Mode => {
  const { space, params, x, samples } = start(depth)
  const variables = params.map((block) => mapTensors(block, (leaf) => tf.variable(leaf)))
  const x0 = tf.variable(x)
  const straight = (f: (y: tf.Tensor) => tf.Tensor) =>
    // It is given a tensor.
    tf.customGrad((y) => ({ value: f(y as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy.clone() }))
  const quantize = straight(space.quantize)
  const lift = straight((y) => space.lift(y, space.parity(y)))
  const loss = () => {
    let previous: tf.Tensor | null = null
    let y: tf.Tensor = x0
    for (const [k, variable] of variables.entries()) {
      const next: tf.Tensor = previous === null ? y.add(quantize(h(variable, y))) : updated(k, variable, previous, y)
      previous = y
      y = next
    }
    return tf.mean<tf.Scalar>(tf.square(y))
  }
  const updated = (k: number, variable: (typeof variables)[number], previous: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const g = gammas({ key: Key.child(`${k}`)(Key.fromSeed(1)), samples })
    const times = (f: (gamma: number) => number, z: tf.Tensor): tf.Tensor => z.mul(tf.tensor3d(g.map(f), [batch, 1, 1]))
    const drift = quantize(times((gamma) => 1 - gamma, y).add(times((gamma) => 1 + gamma, h(variable, y))))
    return times((gamma) => gamma, lift(previous)).add(drift)
  }
  const take = async () => {
    const { value, grads } = tf.variableGrads(loss)
    const [read] = await value.data()
    tf.dispose([value, grads])
    return read
  }
  return { take, measure: () => measured(take) }
}

const measured = async (take: Mode["take"]): Promise<Footprint> => {
  const before = buffers().bytes
  const { peak } = await peakBytes(take)
  return { held: null, peak: peak - before }
}

/** Reversed, but the last block's tape is kept: it is pulled first, so that costs no peak and saves an evaluation. */
const lastTaped = (depth: number): Mode => planned({ [depth - 1]: "tape" })(depth)

export const modes: Modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped), variableGrads }
