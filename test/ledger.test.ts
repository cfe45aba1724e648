/**
 * The ledger: what is predicted from shapes is what is measured, and nothing is forgotten.
 */
import { Key, type Plan } from "bijou"
import { buffers } from "bijou/tensor"
import { AdamW, measureLedger, predictLedger } from "bijou/train"
import { expect, it } from "vitest"
import { onBackends, right, tinyBatch, tinyGpt } from "./specimens.ts"

onBackends("Ledger", () => {
  const plans: ReadonlyArray<Plan> = [{}, { "": "tape" }, { blocks: "keep" }, { "blocks/2": "tape", head: "tape" }]
  it("is predicted as it is measured", async () => {
    const { network } = tinyGpt({ depth: 4, width: 8 })
    const params = network.params.init(Key.fromSeed(1))
    const state = AdamW.init(network.params, params)
    const input = tinyBatch()
    for (const plan of plans) {
      const step = { params, state, input, seed: 1, samples: [0, 1], plan }
      const before = buffers()
      const predicted = right(predictLedger(network)(step))
      expect(buffers()).toEqual(before)
      const measured = right(await measureLedger(network)(step)())
      expect(buffers()).toEqual(before)
      const bare = predicted.moments.map((moment) => ({ ...moment, operations: 0, moved: 0 }))
      expect({ ...predicted, moments: bare }).toEqual(measured)
    }
  })
})
