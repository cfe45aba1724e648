/**
 * The verdicts of earlier runs, so that after a new test only the files that it is about need to be mutated again.
 *
 * A verdict is known by the whole text of its mutant: a change to a source forgets those of that file. Verdicts do not
 * know the tests that were there, so a run over all files is what counts after a test was changed or removed.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import type { Mutant } from "./mutants.ts"

// ---------------------------------------------------------------- model

/** What became of a mutant, in the order of tables. */
export const verdicts = ["killed", "survived", "timed out", "does not compile"] as const

export type Verdict = (typeof verdicts)[number]

/** A mutant with its verdict. */
export interface Judged extends Mutant {
  readonly verdict: Verdict
}

const Known = t.record(
  t.string,
  t.keyof({ killed: null, survived: null, "timed out": null, "does not compile": null } satisfies Record<
    Verdict,
    null
  >),
)

const folder = new URL("../../out/mutate/", import.meta.url)
const path = new URL("verdicts.json", folder)

const nameOf = ({ file, text }: Mutant): string =>
  `${file} ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`

// ---------------------------------------------------------- destructors

/** The mutants that have a verdict from an earlier run, with it. */
export const remembered = (mutants: ReadonlyArray<Mutant>): ReadonlyArray<Judged> => {
  const known = read()
  return mutants.flatMap((mutant) => {
    const verdict = known[nameOf(mutant)]
    return verdict === undefined ? [] : [{ ...mutant, verdict }]
  })
}

/** Adds the verdicts of a run to those of the runs before. */
export const remember = (results: ReadonlyArray<Judged>): void => {
  mkdirSync(folder, { recursive: true })
  const known = { ...read(), ...Object.fromEntries(results.map((result) => [nameOf(result), result.verdict])) }
  writeFileSync(path, JSON.stringify(known))
}

const read = (): Readonly<Record<string, Verdict>> => {
  try {
    const known = Known.decode(JSON.parse(readFileSync(path, "utf8")))
    return E.isRight(known) ? known.right : {}
  } catch {
    return {}
  }
}
