/**
 * Gradients on TensorFlow, whose windows and pools differ from those of the other backends.
 */
import { beforeAll, describe } from "vitest"
import { derivativeTests } from "./derivatives.ts"
import { startTensorflow, tensorflowIsHere, whySkipped } from "../support/tensorflow.ts"

describe.skipIf(!tensorflowIsHere)(`A gradient on tensorflow${tensorflowIsHere ? "" : ` (${whySkipped})`}`, () => {
  beforeAll(() => startTensorflow("stock"))
  derivativeTests(10)
})
