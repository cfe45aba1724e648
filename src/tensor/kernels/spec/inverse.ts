/** The inverse of a BDIA step. */
import { tf } from "../../tf.ts"
import { dispatch } from "../dispatch.ts"
import { fitting } from "./checks.ts"
import { drift } from "./drift.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"
import { wordsOf } from "./pack.ts"
import { checkStep, oneZero, type StepAttributes } from "./samples.ts"
import { times } from "./times.ts"
import { stepsOf } from "./unpack.ts"

/** The inputs: the states and the residual's output, float32 `[batch, ...]` of one shape, and the words of `update`. */
interface Inputs {
  readonly x: One
  readonly next: One
  readonly h: One
  readonly words: One
}

/** Computes previous = (next - Q((1-g) x + (1+g) h)) / g - s 2^-l, with every zero +0. */
export const inverse: Kernel<Inputs, StepAttributes, One> = {
  name: "BijouInverse",
  layer: "The inverse of a step of BDIA",
  check: (call) => {
    const { gamma, own, change } = call.attributes
    const x = checkStep(call, ["x", "next", "h"], { gamma, own, change })
    fitting(call, "words", [wordsOf(x.shape)], "x", "int32")
  },
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x, next, h, words }, attributes) =>
    tf.tidy(() => {
      const { gamma, step } = attributes
      const rest = tf.sub(next, dispatch(drift, { x, h }, attributes))
      const lifted = dispatch(times, { x: rest }, { factor: gamma.map((g) => 1 / g) })
      return oneZero(tf.sub(lifted, stepsOf(words, x.shape, step)))
    }),
}
