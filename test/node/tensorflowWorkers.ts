/**
 * Workers that share the threads of TensorFlow: tests one form of its kernels, because a process has only one.
 */
import { microBatched } from "bijou/net"
import { startWorkers } from "bijou/workers"
import { beforeAll, describe, expect, it } from "vitest"
import { objective } from "../support/builtWorkers.ts"
import { tiny } from "../support/objectives/tiny.ts"
import { startTensorflow, tensorflowIsHere, whySkipped } from "../support/tensorflow.ts"
import { twentySteps, twentyStepsBy } from "../train/twentySteps.ts"

export const checkTensorflowWorkers = (form: "library" | "stock"): void => {
  const title = `Workers on tensorflow, ${form}${tensorflowIsHere ? "" : ` (${whySkipped})`}`
  describe.skipIf(!tensorflowIsHere)(title, () => {
    beforeAll(() => startTensorflow(form))

    it.each([1, 2, 4])("train to the bits of one thread, %d of them", async (count) => {
      const how = { size: 2, seed: 3 }
      const argument = { width: 16, context: 16 }
      const { network, data } = await tiny(argument)
      const alone = await twentySteps(microBatched({ network, data }, how))
      const starting = startWorkers(network.params, {
        ...{ module: objective("tiny"), export: "tiny", argument, count, ...how },
      })
      expect(await twentyStepsBy(starting)).toEqual(alone)
    })
  })
}
