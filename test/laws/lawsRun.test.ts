/**
 * The number of laws by backend, which a run of all tests prints and judges.
 */
import { describe, expect, it } from "vitest"
import { lawsRun, table, unkept } from "../../scripts/lawsRun.ts"

const result = (title: string, status: string) => ({ ancestorTitles: [title, "a set"], status })

const places = lawsRun([
  { assertionResults: [result("the catalogue on wasm", "passed"), result("the catalogue on wasm", "failed")] },
  { assertionResults: [result("the catalogue on webgpu", "skipped"), result("something else", "passed")] },
  { assertionResults: [result("the catalogue on wasm with OpenBLAS 0.3.34", "passed")] },
])

describe("laws by backend", () => {
  it("counts the laws that ran, and no skipped ones", () => {
    expect(places).toEqual({
      wasm: { held: 1, failed: 1 },
      "wasm with OpenBLAS 0.3.34": { held: 1, failed: 0 },
    })
    expect(table(places)).toContain("     1  on wasm, 1 FAILED")
  })

  it("names the required backend that ran none", () => {
    expect(unkept(places, { BIJOU_NATIVE: "required", BIJOU_WEBGPU: "required" })).toEqual([
      "BIJOU_WEBGPU is required, and no law ran there.",
    ])
    expect(unkept(places, { BIJOU_WEBGPU: "" })).toEqual([])
  })
})
