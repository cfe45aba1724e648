/**
 * How many laws of the catalogue ran on which backend, read from a report of vitest.
 */

/** What a variable set to "required" promises: that laws ran in a place whose name matches. */
const promises = [
  ["BIJOU_NATIVE", /^wasm with /],
  ["BIJOU_TENSORFLOW", /^tensorflow\b/],
  ["BIJOU_WEBGPU", /^webgpu\b/],
]

/** Laws by place: `{ "wasm with OpenBLAS 0.3.34, 2 threads": { held: 410, failed: 0 } }`. */
export const lawsRun = (testResults) => {
  const places = {}
  for (const { ancestorTitles, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const place = /^the catalogue on (.*)$/.exec(ancestorTitles[0] ?? "")?.[1]
    if (place === undefined || !["passed", "failed"].includes(status)) continue
    places[place] ??= { held: 0, failed: 0 }
    places[place][status === "passed" ? "held" : "failed"]++
  }
  return places
}

/** Lines that tell them. */
export const table = (places) => [
  "Laws of the catalogue that held:",
  ...Object.entries(places)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([place, { held, failed }]) =>
        `${String(held).padStart(6)}  on ${place}${failed > 0 ? `, ${failed} FAILED` : ""}`,
    ),
]

/** A sentence for each promise of the environment that was not kept. */
export const unkept = (places, env) =>
  promises
    .filter(
      ([variable, place]) => env[variable] === "required" && !Object.keys(places).some((name) => place.test(name)),
    )
    .map(([variable]) => `${variable} is required, and no law ran there.`)
