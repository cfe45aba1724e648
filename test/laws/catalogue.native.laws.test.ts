/**
 * Every law holds for the catalogue on wasm with the matrix products of the BLAS that `npx bijou setup blas` has set
 * up.
 */
import { afterAll, describe, expect, it } from "vitest"
import { countingBlas, whySkipped } from "../support/blas.ts"
import { checkCatalogue } from "./catalogue.ts"

const blas = await countingBlas(0) // the products of the catalogue are small

if (blas === null) describe.skip(`the catalogue on wasm with a BLAS (${whySkipped})`, () => it("holds", () => {}))
else {
  await checkCatalogue("wasm", ` with ${blas.name}`, 10)
  afterAll(() => expect(blas.products(), "products that the BLAS has done").toBeGreaterThan(1000))
}
