/**
 * The expectation of a network as an ordinary TensorFlow.js function.
 */
import type { Bijection } from "../../core/Bijection.ts"
import { Key } from "../../core/Key.ts"
import { evaluateNow } from "./evaluateNow.ts"
import { quietly } from "./recording.ts"

/**
 * `toInference(net, params)` maps an input to the network's output with gamma and dropout off: what to predict with. It
 * draws nothing and has no gradient; throws the `RevError` of the network.
 */
export const toInference =
  <P, A, B, S>(net: Bijection<P, A, B, S>, params: P) =>
  (a: A): B =>
    quietly(() => evaluateNow(net.infer(a), params, Key.fromSeed(0), a))
