/**
 * Makes an ordinary TensorFlow.js function of a network's inference.
 */
import type { Bijection } from "../../core/Bijection.ts"
import { Key } from "../../core/Key.ts"
import { evaluateNow } from "./evaluateNow.ts"
import { quietly } from "./recording.ts"

/**
 * Returns a function from an input to the network's output with gamma and dropout off. Use it for predictions. It draws
 * nothing, has no gradient, and throws the `RevError` of the network.
 */
export const toInference =
  <P, A, B, S>(net: Bijection<P, A, B, S>, params: P) =>
  (a: A): B =>
    quietly(() => evaluateNow(net.infer(a), params, Key.fromSeed(0), a))
