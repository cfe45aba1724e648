/**
 * Why survivors survive, from `survivors.json`: known by file and source text, not by line, so that a reason stays with
 * its code wherever the code moves.
 */
import { readFileSync } from "node:fs"

const nameOf = ({ file, source, mutated }) => JSON.stringify([file, source, mutated])

/** The reasons, and which of them no survivor has asked for. */
export const readReasons = () => {
  const groups = JSON.parse(readFileSync(new URL("survivors.json", import.meta.url), "utf8"))
  const reasons = new Map(
    groups.flatMap(({ reason, survivors }) => survivors.map((survivor) => [nameOf(survivor), reason])),
  )
  const unused = new Map(groups.flatMap(({ survivors }) => survivors.map((survivor) => [nameOf(survivor), survivor])))
  return {
    of: (mutant) => {
      unused.delete(nameOf(mutant))
      return reasons.get(nameOf(mutant)) ?? null
    },
    unused: () => [...unused.values()],
  }
}
