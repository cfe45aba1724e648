/**
 * Makes layers from plain TensorFlow.js code.
 */
import { type option as O } from "fp-ts"
import type { Draw } from "../../core/Draw.ts"
import type { Layer } from "../../core/Layer.ts"
import { Params } from "../../core/Params.ts"
import { ownOutputs, quietly, record } from "./recording.ts"
import { freedAlready } from "../values/tensorScope.ts"
import { tf } from "../tf.ts"
import { mapTensors, tensorsIn } from "../values/tree.ts"
import { orThrow } from "../../core/orThrow.ts"

/**
 * Makes a layer whose gradient is TensorFlow.js's own, so that you write the function and no gradients.
 *
 * `f` must be a pure function of its arguments: it takes random numbers from the draw and changes nothing outside.
 * Tensors that it captures get no gradient. Inputs and parameters are tensors in arrays and objects. The cotangent of
 * an integer tensor is zero, and an input without float tensors has none.
 *
 * ```ts
 * import { Params } from "bijou"
 * import { fromTfjs, tensor, tf, useBackend } from "bijou/tensor"
 *
 * await useBackend("cpu")
 * const params = Params.struct<{ gain: tf.Tensor }>({ gain: tensor.ones([3]) })
 * const scale = fromTfjs(params, ({ gain }, x: tf.Tensor) => x.mul(gain))
 * Object.keys(scale) // => [ 'params', 'apply', 'vjp' ]
 * ```
 */
export const fromTfjs = <P, A, B>(
  params: Params<P>,
  f: (params: P, a: A, draw: O.Option<Draw>) => B,
): Layer<P, A, B> => ({
  params,
  apply: (p, a, draw) => {
    checkAlive([p, a])
    return quietly(() => ownOutputs(checkTensors(f(p, a, draw))))
  },
  vjp: (given, a, draw) => {
    checkAlive([given, a])
    const {
      places: [p, x],
      made,
    } = apart([ownParams(params, given), a] as const)
    const inputs = tensorsIn([p, x]).filter(isFloat)
    const recording = record(() => ownOutputs(checkTensors(f(p, x, draw))), inputs)
    const differentiable = tensorsIn(x).some(isFloat)
    return {
      value: recording.value,
      held: [...recording.held, ...made],
      pull: (cotangent) => {
        const gradients = recording.pull(cotangent)
        const places = new Map(inputs.map((input, i) => [input.id, i]))
        const gradient = (tensor: tf.Tensor): tf.Tensor =>
          gradients[places.get(tensor.id) ?? -1] ?? tf.zeros(tensor.shape, tensor.dtype)
        for (const tensor of made) tensor.dispose()
        return { cotangent: differentiable ? mapTensors(x, gradient) : null, grads: mapTensors(p, gradient) }
      },
    }
  },
})

/** A composition passes each layer the parameters of all its parts, but a layer has gradients for its own only. */
const ownParams = <P>(params: Params<P>, given: P): P =>
  orThrow(Params.fromLeaves(params, new Map(params.leaves(given))))

/**
 * Gives every repeated occurrence of a tensor a handle of its own, since gradients are found by handle. Also returns
 * the new handles.
 */
const apart = <A>(places: A): { readonly places: A; readonly made: ReadonlyArray<tf.Tensor> } => {
  const seen = new Set<number>()
  const made: tf.Tensor[] = []
  const all = tensorsIn(places)
  for (const { id } of all) seen.add(id)
  if (seen.size === all.length) return { places, made }
  seen.clear()
  const own = (tensor: tf.Tensor): tf.Tensor => {
    if (!seen.has(tensor.id)) {
      seen.add(tensor.id)
      return tensor
    }
    const handle = tensor.clone()
    made.push(handle)
    return handle
  }
  return { places: mapTensors(places, own), made }
}

const checkAlive = (given: unknown): void => {
  if (tensorsIn(given).some(({ isDisposed }) => isDisposed)) throw new Error(freedAlready)
}

const checkTensors = <B>(value: B): B => {
  if (value instanceof Promise) throw new TypeError("it returned a promise. Write the function without async.")
  if (tensorsIn(value).length === 0)
    throw new TypeError(`it returned ${String(value)}, which contains no tensor. Return what the function computes.`)
  return value
}

const isFloat = ({ dtype }: tf.Tensor): boolean => dtype === "float32"
