/**
 * Makes an ordinary TensorFlow.js function of a network, for code that does not use fp-ts.
 */
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import type { Key } from "../../core/Key.ts"
import { Params } from "../../core/Params.ts"
import type { Program } from "../../core/Program.ts"
import { checkGradients } from "./checkGradients.ts"
import { evaluateNow } from "./evaluateNow.ts"
import { expectFinite } from "../values/expectFinite.ts"
import { tensorLeaves } from "../values/parameterSide.ts"
import { tensorScope } from "../values/tensorScope.ts"
import { engineState, tf } from "../tf.ts"
import { mapTensors, tensorsIn } from "../values/tree.ts"
import { orThrow } from "../../core/orThrow.ts"

/**
 * Returns a function from an input to the network's output tensor. Its gradient is the reversed sweep, so
 * `tf.variableGrads`, the tfjs optimizers and `tf.layers` models can train it.
 *
 * The leading axis of the input's first tensor is the batch, and positions on it are the sample ids. Use a new key for
 * every step (`Key.step`). A tfjs function is synchronous, so it reads every claim immediately: the value or its
 * gradient throws the network's `RevError`. If a parameter's gradient is not finite, that error is `GradientNotFinite`,
 * thrown before an optimizer can take the step. The gradient with respect to the input is not checked. Use
 * `toInference` for predictions; it draws nothing.
 */
export const toFunction =
  <P, A, B extends tf.Tensor, S>(net: Bijection<P, A, B, S>, params: P, key: Key) =>
  (a: A): B => {
    // Leaves are found by path because gradients may have their names in another order than the parameters.
    const leaves = new Map(tensorLeaves(net.params, params))
    const inputs = [...leaves.values(), ...tensorsIn(a)]
    const evaluate = <X>(program: Program<P, X>, p: P): X => evaluateNow(program, p, key, a)
    const rest = inputs.length
    const restore = (tensors: ReadonlyArray<tf.Tensor>): readonly [P, A] => {
      const next = tensors[Symbol.iterator]()
      const take = (): tf.Tensor => next.next().value ?? tf.scalar(NaN)
      const p = orThrow(Params.fromLeaves(net.params, new Map([...leaves.keys()].map((path) => [path, take()]))))
      return [p, mapTensors(a, take)]
    }
    const differentiable = tf.customGrad((...args) => {
      const given = args.slice(0, rest) as tf.Tensor[] // the inputs come first, as they were passed
      const save = args[rest] as unknown as (tensors: tf.Tensor[]) => void // tfjs's save function comes after them
      const [p, input] = restore(given)
      const [value, side] = evaluate(net.forward(input), p)
      save([...given, ...tensorsIn([value, side])])
      return {
        value,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [savedParams] = restore(saved.slice(0, rest))
          const kept = saved.slice(rest)
          let at = 0
          const held = mapTensors([value, side] as const, () => kept[at++] ?? tf.scalar(NaN))
          const pull: Program<P, { readonly cotangent: A | null; readonly grads: P }> = (env) =>
            F.pipe(
              net.pullback(held[0], held[1], dy.clone() as B)(env), // dy has B's shape
              E.map((found) => {
                expectFinite(env, net.params, found.grads)
                return found
              }),
            )
          const pulled = orFree(saved, () => {
            const found = detached(() => evaluate(pull, savedParams))
            checkGradients(net.params, savedParams, found.grads)
            return found
          })
          const input =
            pulled.cotangent === null
              ? saved.slice(leaves.size, rest).map((t) => tf.zerosLike(t))
              : tensorsIn(pulled.cotangent)
          return [...tensorLeaves(net.params, pulled.grads).map(([, grad]) => grad), ...input].map((gradient) =>
            gradient.toFloat(),
          )
        },
      }
    })
    return differentiable(...(inputs as tf.Tensor[])) as B // the type of customGrad loses the type of its value
  }

/** Frees the saved tensors if the gradient throws, since TensorFlow.js does not. */
const orFree = <X>(saved: ReadonlyArray<tf.Tensor>, body: () => X): X => {
  try {
    return body()
  } catch (error) {
    tensorScope.release(saved)
    throw error
  }
}

/**
 * Runs `body` without the outer tape and restores the tape, which TensorFlow.js would lose when a gradient is taken
 * inside a gradient.
 */
const detached = <X>(body: () => X): X => {
  const state = engineState()
  const { activeTape } = state
  state.activeTape = null
  try {
    return body()
  } finally {
    state.activeTape = activeTape
  }
}
