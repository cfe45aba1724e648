/** A BDIA step, and the parities that it loses. */
import { tf } from "../../tf.ts"
import { drift } from "./drift.ts"
import { dispatch } from "../dispatch.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, fresh, makesAll } from "./Outcome.ts"
import { pack, wordsOf } from "./pack.ts"
import { checkStep, type StepAttributes } from "./samples.ts"
import { times } from "./times.ts"
import { stepsOf } from "./unpack.ts"

/** The inputs: the states and the residual's output, float32 `[batch, ...]` of one shape. */
interface Inputs {
  readonly previous: One
  readonly x: One
  readonly h: One
}

/**
 * Computes next = g (previous + s 2^-l) + Q((1-g) x + (1+g) h) and s, the parities of previous, as `pack` returns them.
 */
export const update: Kernel<Inputs, StepAttributes, readonly [next: One, words: One]> = {
  name: "BijouUpdate",
  layer: "A step of BDIA",
  check: (call) => {
    const { gamma, own, change } = call.attributes
    checkStep(call, ["x", "previous", "h"], { gamma, own, change })
  },
  outcome: ({ x }) => makesAll(like(x), fresh([wordsOf(x.shape)], "int32")),
  composed: ({ previous, x, h }, attributes) =>
    tf.tidy(() => {
      const { gamma, scale, step } = attributes
      const words = dispatch(pack, { x: previous }, { fractionBits: Math.log2(scale) })
      const lifted = tf.add(previous, stepsOf(words, previous.shape, step))
      return [
        tf.add(dispatch(times, { x: lifted }, { factor: gamma }), dispatch(drift, { x, h }, attributes)),
        words,
      ] as const
    }),
}
