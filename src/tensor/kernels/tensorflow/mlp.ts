/** The operations of the library for a whole perceptron. */
import type { Form } from "./operations.ts"

/** Its value, and a = W1 x + b1. */
export const evaluated =
  (kernelName: string): Form =>
  ({ give, input, runForAll }) =>
    runForAll(kernelName, ["x", "w1", "b1", "w2", "b2"].map(input), 2).map(give)

/** The gradients by its five inputs. */
export const pulledBack =
  (kernelName: string): Form =>
  ({ give, input, runForAll }) =>
    runForAll(kernelName, ["x", "a", "w1", "w2", "dy"].map(input), 5).map(give)
