/** Ledgers are predicted for tensorflow with the op library as they are measured there. */
import { describe, it } from "vitest"
import { checkPredictions } from "./predictedLedgers.ts"
import { startTensorflow, whySkipped } from "../support/tensorflow.ts"

const title = "A ledger on tensorflow, library"

if (await startTensorflow("library")) describe(title, checkPredictions)
else describe.skip(`${title} (${whySkipped})`, () => it("is predicted", () => {}))
