/**
 * Every law also holds for the layers of the catalogue on TensorFlow without the op library, which is what a GPU runs.
 */
import { checkLaws, presets } from "bijou/laws"
import { describe, it } from "vitest"
import { layers } from "../../laws/tensor/layers.ts"
import { startTensorflow, whySkipped } from "../support/tensorflow.ts"

const title = "the layers of the catalogue on tensorflow, by stock operations"

if (await startTensorflow("stock"))
  describe(title, async () => {
    for (const { set, cost } of layers()) checkLaws({ describe, it }, await set(), { ...presets.quick[cost], runs: 3 })
  })
else describe.skip(`${title} (${whySkipped})`, () => it("holds", () => {}))
