/**
 * Why survivors survive, from `survivors.json`: known by file and source text, not by line, so that a reason stays with
 * its code wherever the code moves.
 */
import { readFileSync } from "node:fs"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { PathReporter } from "io-ts/lib/PathReporter.js"

// ---------------------------------------------------------------- model

const Survivor = t.readonly(t.strict({ file: t.string, source: t.string, mutated: t.string }))

/** A mutant as it is known wherever in its file it moves. */
type Survivor = t.TypeOf<typeof Survivor>

const Groups = t.readonlyArray(t.strict({ reason: t.string, survivors: t.readonlyArray(Survivor) }))

/** The reasons, and which of them no survivor has asked for. */
export interface Reasons {
  readonly of: (mutant: Survivor) => string | null
  readonly unused: () => ReadonlyArray<Survivor>
}

const nameOf = ({ file, source, mutated }: Survivor): string => JSON.stringify([file, source, mutated])

// --------------------------------------------------------- constructors

/** Reads the reasons. Throws a sentence where the file has another form. */
export const readReasons = (): Reasons => {
  const groups = Groups.decode(JSON.parse(readFileSync(new URL("survivors.json", import.meta.url), "utf8")))
  if (E.isLeft(groups)) throw new Error(`survivors.json has another form: ${PathReporter.report(groups).join("; ")}.`)
  const reasons = new Map(
    groups.right.flatMap(({ reason, survivors }) => survivors.map((survivor) => [nameOf(survivor), reason] as const)),
  )
  const unused = new Map(
    groups.right.flatMap(({ survivors }) => survivors.map((survivor) => [nameOf(survivor), survivor] as const)),
  )
  return {
    of: (mutant) => {
      unused.delete(nameOf(mutant))
      return reasons.get(nameOf(mutant)) ?? null
    },
    unused: () => [...unused.values()],
  }
}
