/**
 * Workers that share a batch: the bits of one thread, and the errors of one thread.
 */
import { fileURLToPath } from "node:url"
import { tensorScope } from "bijou/tensor"
import { AdamW, descent, microBatched, type Gradients, type Trained } from "bijou/train"
import { startWorkers } from "bijou/workers"
import { describe, expect, it } from "vitest"
import { ready, tiny } from "./objectives/tiny.ts"
import { digest, lively, onBackends } from "./specimens.ts"

const module = fileURLToPath(new URL("objectives/tiny.ts", import.meta.url))

onBackends("Workers", () => {
  it("train to the same parameters as one thread, whatever their number", async () => {
    const { network } = ready
    const course = { optimizer: AdamW.config, schedule: { peak: 0.01, floor: 0.001, warmup: 3, steps: 20 }, batch: 8 }
    const train = async (gradients: Gradients<ReturnType<typeof network.params.init>>) => {
      const params = lively(network.params, 1)
      let losses: ReadonlyArray<number> = []
      let last: Trained<typeof params> = { params, state: AdamW.init(network.params, params) }
      for await (const { trained, loss } of descent(gradients, course, last)) {
        last = trained
        losses = [...losses, loss]
      }
      const digests = [last.params, last.state.mean, last.state.square].map((tree) => digest(network.params, tree))
      tensorScope.release(last)
      return [digests, losses]
    }
    const how = { size: 2, seed: 3 }
    const alone = await train(microBatched(ready, how))
    for (const count of [1, 2, 3, 4]) {
      const workers = await startWorkers(network.params, { module, export: "ready", count, ...how })
      expect(await train(workers)).toEqual(alone)
      await workers.stop()
    }
  })
})
