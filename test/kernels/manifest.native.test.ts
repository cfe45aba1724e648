/**
 * See laws.ts. Uses a BLAS for every product, however small.
 */
import "./reference.ts"
import { describe, expect, it } from "vitest"
import { useBackend } from "../../src/tensor/backend.ts"
import { countingBlas, whySkipped } from "../support/blas.ts"
import { casesOf } from "./cases.ts"
import { manifest } from "./laws.ts"

const blas = await countingBlas(1)

describe.skipIf(blas === null)(blas?.name ?? whySkipped, () => {
  manifest("wasm", casesOf("wasm"), () => useBackend("wasm"))
  it("the BLAS multiplies", () => expect(blas?.products()).toBeGreaterThan(100))
})
