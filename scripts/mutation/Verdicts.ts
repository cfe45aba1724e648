/**
 * The verdicts of earlier runs, so that after a new test only the files that it is about need to be mutated again.
 *
 * A verdict is known by the whole text of its mutant: a change to a source forgets those of that file. Verdicts do not
 * know the tests that were there, so a run over all files is what counts after a test was changed or removed.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"

const folder = new URL("../../out/mutate/", import.meta.url)
const path = new URL("verdicts.json", folder)

const nameOf = ({ file, text }) => `${file} ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`

/** The mutants that have a verdict from an earlier run, with it. */
export const remembered = (mutants) => {
  const known = read()
  return mutants.flatMap((mutant) => {
    const verdict = known[nameOf(mutant)]
    return verdict === undefined ? [] : [{ ...mutant, verdict }]
  })
}

/** Adds the verdicts of a run to those of the runs before. */
export const remember = (results) => {
  mkdirSync(folder, { recursive: true })
  const known = { ...read(), ...Object.fromEntries(results.map((result) => [nameOf(result), result.verdict])) }
  writeFileSync(path, JSON.stringify(known))
}

const read = () => {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return {}
  }
}
