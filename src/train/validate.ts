/**
 * The loss on validation data.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { run } from "../core/Program.ts"
import type { RevError } from "../core/RevError.ts"
import { tensorEnv } from "../tensor/values/tensorWatch.ts"
import type { tf } from "../tensor/tf.ts"
import { nextTask } from "./nextTask.ts"
import { samplesOf } from "../tensor/values/samples.ts"

/** Returns the mean of the network's expected loss over batches of equal size, without dropout or gamma. */
export const validate =
  <P, A, S>(
    net: Bijection<P, A, tf.Tensor, S>,
    params: P,
    batches: ReadonlyArray<A>,
  ): TE.TaskEither<RevError, number> =>
  async () => {
    let sum = 0
    for (const batch of batches) {
      const result = await run(net.infer(batch))(tensorEnv({ params, seed: 0, samples: samplesOf(batch) }))()
      if (E.isLeft(result)) return result
      sum += (await result.right.data())[0] ?? NaN
      result.right.dispose()
      await nextTask()
    }
    return E.right(sum / batches.length)
  }
