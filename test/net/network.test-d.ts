/**
 * What the types of networks infer, and what does not compile.
 */
import type { Bijection } from "bijou"
import {
  bdia,
  classification,
  coupling,
  evaluate,
  layer,
  loss,
  network,
  train,
  type Network,
  type TrainedNetwork,
} from "bijou/net"
import { tensor, type tf } from "bijou/tensor"

const embed = layer({ w: tensor.normal([2, 4], 1) }, ({ w }, x) => x.matMul(w))
const block = layer({ w: tensor.normal([4, 4], 1) }, ({ w }, x) => x.matMul(w))
const head = layer({ w: tensor.normal([4, 2], 1) }, ({ w }, x) => x.matMul(w))
const parts = { embed, block, depth: 2, head, loss: classification }
const net = network(parts)
const data = { inputs: [[1, 2]], targets: [0] }
const options = { data, batch: 1, steps: 1, rate: 1 }

type W = { readonly w: tf.Tensor }
type Weights = { readonly embed: W } & { readonly blocks: ReadonlyArray<W> } & { readonly head: W }

/** Parameters, inputs, targets and side are inferred. */
export const whole: Bijection<
  Weights,
  readonly [inputs: tf.Tensor, targets: tf.Tensor],
  tf.Tensor,
  typeof net extends Network<Weights, tf.Tensor, tf.Tensor, tf.Tensor, "accuracy", infer S> ? S : never
> = net.bijection

/** The names of the metrics are known. */
export const metrics = async (trained: TrainedNetwork<Weights, tf.Tensor, tf.Tensor, tf.Tensor, "accuracy", never>) => {
  const found = await evaluate(trained, data)
  const known: number = found.accuracy + found.loss
  // @ts-expect-error -- the loss has no such metric
  return known + found.precision
}

export const refused = [
  // @ts-expect-error -- a network without a loss
  () => network({ embed, block, depth: 2, head }),
  // @ts-expect-error -- an option that does not exist
  () => network({ ...parts, famliy: bdia() }),
  // @ts-expect-error -- a family, not a maker of one
  () => network({ ...parts, family: coupling }),
  // @ts-expect-error -- an option that does not exist
  () => train(net, { ...options, learningRate: 1 }),
  // @ts-expect-error -- a learning rate is missing
  () => train(net, { data, batch: 1, steps: 1 }),
  // @ts-expect-error -- targets are missing
  () => train(net, { ...options, data: { inputs: [[1, 2]] } }),
  // @ts-expect-error -- text is no array of numbers
  () => train(net, { ...options, data: { inputs: ["a"], targets: [0] } }),
  // @ts-expect-error -- a function without its value
  () => layer({ w: tensor.ones([1]) }, () => {}),
  // @ts-expect-error -- a parameter that was not declared
  () => layer({ w: tensor.ones([1]) }, ({ v }, x) => x.mul(v)),
  // @ts-expect-error -- an option that does not exist
  () => loss({ terms: (y) => y, weight: (t) => t }),
]
