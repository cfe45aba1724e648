/**
 * The benchmark: what it prints and writes, and what it refuses.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as t from "io-ts"
import { either as E } from "fp-ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "bijou-bench-"))
beforeAll(() => void execFileSync("npm", ["run", "bench:compile"], { stdio: "pipe" }))
afterAll(() => rmSync(folder, { recursive: true }))

const bench = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [".reports/bench/main.js", ...args], { encoding: "utf8" })

const Series = t.record(t.string, t.array(t.number))

const Report = t.type({
  node: t.string,
  results: t.array(
    t.type({
      name: t.string,
      matmulPeak: t.number,
      series: Series,
      cpu: Series,
      modes: t.array(t.type({ mode: t.string, ms: t.number, peak: t.number, process: t.number })),
      ratios: t.array(t.type({ name: t.string, median: t.number, min: t.number, max: t.number, pairs: t.number })),
    }),
  ),
})

describe("npm run bench", () => {
  it("prints tables of 60 columns and writes both raw series of every ratio", () => {
    const file = join(folder, "bench.json")
    const { stdout, status, stderr } = bench(
      "roundtrip",
      "--depth",
      "2",
      "--pairs",
      "3",
      "--warmup",
      "0",
      "--json",
      file,
    )
    expect(status, stderr).toBe(0)
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60)
    const report = Report.decode(JSON.parse(readFileSync(file, "utf8")))
    if (E.isLeft(report)) throw new Error("the report does not decode")
    const [result] = report.right.results
    if (result === undefined) throw new Error("the report is empty")
    expect(result.ratios.map(({ name }) => name)).toEqual(["forward / infer", "inverse / forward", "planes / forward"])
    for (const { name, median, pairs } of result.ratios) {
      const [above = "", below = ""] = name.split(" / ")
      const ratios = result.series[above]?.map((ms, i) => ms / (result.series[below]?.[i] ?? NaN)) ?? []
      expect(pairs).toBe(3)
      expect(ratios.toSorted((x, y) => x - y)[1]).toBe(median)
    }
    // A process has more memory than its tensors.
    for (const { peak, process } of result.modes) expect(process).toBeGreaterThan(peak)
  })

  it.each([
    [["roundtrip", "--pairs", "0"], '--pairs must be an integer from 1 to 10000, not "0".'],
    [["workers", "--workers", "1,5"], '--workers must be integers from 1 to 4 with commas between them, not "1,5".'],
    [["roundtrip", "--json", "no/such/folder/file"], "--json must be a file in a folder that is there"],
    [["fast"], "'fast' is invalid"],
    [["roundtrip", "--backend", "abacus"], "'abacus' is invalid"],
    [["roundtrip", "--backend", "cpu", "--native"], "--native is for the backend wasm. Leave it out."],
    [["roundtrip", "--no-op-library"], "--no-op-library is for the backend tensorflow. Leave it out."],
  ])("refuses %j with a sentence", (args, sentence) => {
    const { status, stderr, stdout } = bench(...args)
    expect([status, stdout]).toEqual([2, ""])
    expect(stderr).toContain(sentence)
  })
})
