/**
 * Twenty steps of training, as digests of all results.
 */
import { tensorScope, tf } from "bijou/tensor"
import { AdamW, descent, type Gradients, type Trained } from "bijou/net"
import type { Workers } from "bijou/workers"
import { digest, lively } from "../support/specimens.ts"

const course = { optimizer: AdamW.config, schedule: { peak: 0.01, floor: 0.001, warmup: 3, steps: 20 }, batch: 8 }

/** Digests of parameters and moments, and the losses meanwhile. */
export const twentySteps = async <P>(gradients: Gradients<P>) => {
  const params = lively(gradients.params, 1)
  const losses: number[] = []
  let last: Trained<P> = { params, state: AdamW.init(gradients.params, params) }
  for await (const { trained, loss } of descent(gradients, course, last)) {
    last = trained
    losses.push(loss)
  }
  const digests = [last.params, last.state.mean, last.state.square].map((tree) => digest(gradients.params, tree))
  tensorScope.release(last)
  return { digests, losses, left: tf.memory().numTensors }
}

/** The same by workers, which are stopped afterwards. */
export const twentyStepsBy = async <P>(starting: Promise<Workers<P>>) => {
  const workers = await starting
  try {
    return await twentySteps(workers)
  } finally {
    await workers.stop()
  }
}
