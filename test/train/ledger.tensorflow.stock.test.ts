/** Ledgers are predicted for tensorflow without the op library as they are measured there. */
import { describe, it } from "vitest"
import { checkPredictions } from "./predictedLedgers.ts"
import { startTensorflow, whySkipped } from "../support/tensorflow.ts"

const title = "A ledger on tensorflow, stock"

if (await startTensorflow("stock")) describe(title, checkPredictions)
else describe.skip(`${title} (${whySkipped})`, () => it("is predicted", () => {}))
