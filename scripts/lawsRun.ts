/**
 * How many laws of the catalogue ran on which backend, read from a report of vitest.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/** What one test file of a report says of its tests. */
export const TestFile = t.readonly(
  t.type({
    assertionResults: t.readonlyArray(
      t.readonly(t.type({ ancestorTitles: t.readonlyArray(t.string), status: t.string })),
    ),
  }),
)

export type TestFile = t.TypeOf<typeof TestFile>

/** Laws by place: `{ "wasm with OpenBLAS 0.3.34, 2 threads": { held: 410, failed: 0 } }`. */
export type Places = Readonly<Record<string, { readonly held: number; readonly failed: number }>>

/** What a variable set to "required" promises: that laws ran in a place whose name matches. */
const promises: ReadonlyArray<readonly [variable: string, place: RegExp]> = [
  ["BIJOU_NATIVE", /^wasm with /],
  ["BIJOU_TENSORFLOW", /^tensorflow\b/],
  ["BIJOU_WEBGPU", /^webgpu\b/],
]

// --------------------------------------------------------- constructors

/** The laws that ran, by place. */
export const lawsRun = (testResults: ReadonlyArray<TestFile>): Places => {
  const places: Record<string, { held: number; failed: number }> = {}
  for (const { ancestorTitles, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const place = /^the catalogue on (.*)$/.exec(ancestorTitles[0] ?? "")?.[1]
    if (place === undefined || !["passed", "failed"].includes(status)) continue
    const count = (places[place] ??= { held: 0, failed: 0 })
    count[status === "passed" ? "held" : "failed"]++
  }
  return places
}

// ---------------------------------------------------------- destructors

/** Lines that report them. */
export const table = (places: Places): ReadonlyArray<string> => [
  "Laws of the catalogue that held:",
  ...Object.entries(places)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([place, { held, failed }]) =>
        `${String(held).padStart(6)}  on ${place}${failed > 0 ? `, ${failed} FAILED` : ""}`,
    ),
]

/** A sentence for each promise of the environment that was not kept. */
export const unkept = (places: Places, env: Readonly<Record<string, string | undefined>>): ReadonlyArray<string> =>
  promises
    .filter(
      ([variable, place]) => env[variable] === "required" && !Object.keys(places).some((name) => place.test(name)),
    )
    .map(([variable]) => `${variable} is required, and no law ran there.`)
