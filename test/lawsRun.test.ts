/**
 * The count of laws by backend, which a run of all tests prints and judges.
 */
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"

type Places = Readonly<Record<string, { readonly held: number; readonly failed: number }>>

/** What `scripts/lawsRun.js`, plain JavaScript, exports. */
interface LawsRun {
  readonly lawsRun: (testResults: unknown) => Places
  readonly table: (places: Places) => ReadonlyArray<string>
  readonly unkept: (places: Places, env: Readonly<Record<string, string>>) => ReadonlyArray<string>
}

const url = pathToFileURL("scripts/lawsRun.js").href
const { lawsRun, table, unkept } = (await import(url)) as LawsRun

const result = (title: string, status: string) => ({ ancestorTitles: [title, "a set"], status })

const places = lawsRun([
  { assertionResults: [result("the catalogue on wasm", "passed"), result("the catalogue on wasm", "failed")] },
  { assertionResults: [result("the catalogue on webgpu", "skipped"), result("something else", "passed")] },
  { assertionResults: [result("the catalogue on wasm with OpenBLAS 0.3.34", "passed")] },
])

describe("laws by backend", () => {
  it("counts what ran, and nothing that was skipped", () => {
    expect(places).toEqual({
      wasm: { held: 1, failed: 1 },
      "wasm with OpenBLAS 0.3.34": { held: 1, failed: 0 },
    })
    expect(table(places)).toContain("     1  on wasm, 1 FAILED")
  })

  it("says which required backend ran none", () => {
    expect(unkept(places, { BIJOU_NATIVE: "required", BIJOU_WEBGPU: "required" })).toEqual([
      "BIJOU_WEBGPU is required, and no law ran there.",
    ])
    expect(unkept(places, { BIJOU_WEBGPU: "" })).toEqual([])
  })
})
