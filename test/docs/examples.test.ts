/**
 * Runs the examples as they are: checks what each prints, and what the laws say about the subjects that it exports.
 */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { judgeAll, lawsOf, toFinding } from "bijou/laws"
import { subjectFault, type AnySubject } from "../../laws/engine/Subject.ts"
import { afterEach, describe, expect, it, vi } from "vitest"

/** The output of an example, and for every subject that it exports, the laws that it breaks, each with its reasons. */
interface Example {
  readonly prints: ReadonlyArray<string>
  readonly subjects: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>>
}

const difference = "first at [1]: -1.5390625000000002 (bff8a00000000001) and -1.5390625 (bff8a00000000000)"
const rounded = `The output is not on the input's grid of 7 fraction bits, so a sum is rounded and the inverse is only close, ${difference}: round each term with space.quantize before adding it.`
const merged = `Two inputs, ${difference}, have the same output and the same side: the side contains too little to distinguish them.`

const examples: Readonly<Record<string, Example>> = {
  "brokenBlock.ts": {
    prints: ["inFloats breaks 1 of 13 laws", rounded, "onGrid breaks 0 of 13 laws"],
    subjects: { inFloats: { "inverse after forward gives back the same bits": [rounded, merged] }, onGrid: {} },
  },
  "coupling.ts": { prints: ["bits that differ: 0"], subjects: { coupling: {}, tanh: {} } },
  "customResidual.ts": { prints: ["true"], subjects: { gated: {} } },
  "halving.ts": {
    prints: ["13 leaves 0 and the bits 1101", "and comes back as 13"],
    subjects: { digits: {}, halving: {} },
  },
  "layersModel.ts": {
    prints: ["weights: 20", "loss falls by more than half: true", "the loaded model predicts the same: true"],
    subjects: { written: {} },
  },
  "variableGrads.ts": {
    prints: ["starts near log 5: true", "learns to count: true", "bytes held more after 30 steps than after 1: 0"],
    subjects: {},
  },
  "visionTransformer.ts": {
    prints: [
      "blocks leave 0 bits",
      "bits that differ after a round trip: 0 and 0",
      "kB held when the loss is known: 33 reversed",
      "ordinary backpropagation holds more than ten times as much: true",
      "starts near log 2: true",
      "learns to tell the bars apart: true",
    ],
    subjects: {},
  },
}

afterEach(() => vi.restoreAllMocks())

it("There is a test of every example", () => {
  const found = readdirSync(fileURLToPath(new URL("../../examples", import.meta.url)))
  const inPages = ["browser"] // test/package/browser.test.ts
  expect(found.sort()).toEqual([...Object.keys(examples), ...inPages].sort())
})

describe.each(Object.entries(examples))("%s", (name, { prints, subjects }) => {
  const load = (): Promise<Readonly<Record<string, unknown>>> => import(/* @vite-ignore */ `../../examples/${name}`)

  it("prints what is expected", async () => {
    const said: string[] = []
    vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void said.push(values.join(" ")))
    await load()
    expect(said).toEqual(prints)
  })

  it("exports subjects that break the expected laws, for the expected reasons", async () => {
    const found: Record<string, Record<string, ReadonlyArray<string>>> = {}
    for (const [place, value] of Object.entries(await load())) {
      expect(subjectFault(value), place).toBeNull()
      const { set, cost } = await lawsOf(value as AnySubject) // no fault was found
      const { laws } = await judgeAll(set, { runs: cost === "device" ? 5 : 100 })
      const broken = laws.filter(({ verdict }) => verdict._tag !== "Holds")
      found[place] = Object.fromEntries(
        broken.map((one) => [one.name, toFinding(one.verdict).counterexample?.reasons ?? []]),
      )
    }
    expect(found).toEqual(subjects)
  })
})
