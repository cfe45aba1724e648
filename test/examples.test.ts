/**
 * The examples, run as they stand: what each prints.
 */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterEach, expect, it, vi } from "vitest"

const printed: Readonly<Record<string, ReadonlyArray<string>>> = {
  "customResidual.ts": ["true"],
  "layersModel.ts": ["weights: 20", "loss falls by more than half: true"],
  "variableGrads.ts": [
    "starts near log 5: true",
    "learns to count: true",
    "bytes held more after 30 steps than after 1: 0",
  ],
}

afterEach(() => vi.restoreAllMocks())

it("There is a test of every example", () => {
  const found = readdirSync(fileURLToPath(new URL("../examples", import.meta.url)))
  expect(found.sort()).toEqual(Object.keys(printed).sort())
})

for (const [name, lines] of Object.entries(printed))
  it(`${name} prints what it is said to`, async () => {
    const said: string[] = []
    vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void said.push(values.join(" ")))
    await import(/* @vite-ignore */ `../examples/${name}`)
    expect(said).toEqual(lines)
  })
