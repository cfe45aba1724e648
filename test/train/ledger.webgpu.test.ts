/** Ledgers are predicted for webgpu as they are measured there. */
import { useBackend } from "bijou/tensor"
import { beforeAll, describe, it } from "vitest"
import { checkPredictions } from "./predictedLedgers.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

if (device === null) describe.skip(`A ledger on webgpu (${whySkipped})`, () => it("is predicted", () => {}))
else
  describe(`A ledger on webgpu, ${device}`, () => {
    beforeAll(() => useBackend("webgpu"))
    checkPredictions()
  })
