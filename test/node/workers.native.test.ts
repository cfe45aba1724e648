/**
 * Workers that multiply with a BLAS, each on one thread.
 */
import { useNative } from "bijou/native"
import { useBackend } from "bijou/tensor"
import { microBatched } from "bijou/net"
import { startWorkers } from "bijou/workers"
import { beforeAll, describe, expect, it } from "vitest"
import { setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"
import { whySkipped } from "../support/blas.ts"
import { objective } from "../support/builtWorkers.ts"
import { tiny } from "../support/objectives/tiny.ts"
import { twentySteps, twentyStepsBy } from "../train/twentySteps.ts"

const blas = await useNative({ threads: 1 })
if (blas === null && process.env["BIJOU_NATIVE"] === "required") throw new Error(whySkipped)

describe.skipIf(blas === null)(`Workers with ${blas ?? `a BLAS (${whySkipped})`}`, () => {
  beforeAll(() => useBackend("wasm"))

  const module = objective("tiny")
  const how = { size: 2, seed: 3 }
  const argument = { width: 16 } // products large enough for a BLAS

  it.each([1, 2, 4])("train to the bits of one thread, %d of them, and to others than without", async (count) => {
    const made = await tiny(argument)
    const { params } = made.network
    await useNative({ threads: 1 })
    const alone = await twentySteps(microBatched(made, how))
    expect(await twentyStepsBy(startWorkers(params, { module, export: "tiny", argument, count, ...how }))).toEqual(
      alone,
    )
    setSgemm(null)
    expect((await twentySteps(microBatched(made, how))).digests).not.toEqual(alone.digests)
  })
})
