/**
 * Attacks: impostors, and the laws that catch them.
 */
import { allLaws, standard, type JudgeOptions, type LawSet } from "./Law.ts"

// ---------------------------------------------------------------- model

/** An impostor that looks like a subject of the laws, with all the law sets that it claims to satisfy. */
export interface Attack {
  readonly name: string
  readonly sets: ReadonlyArray<LawSet>
}

/** For each attack, the laws that it breaks with unequal sides; an exception does not count. */
export type Matrix = ReadonlyMap<string, ReadonlySet<string>>

// --------------------------------------------------------- constructors

/** Makes an attack from a name, which gets printed, and the law sets that the impostor claims to satisfy. */
export const attack = (name: string, ...sets: ReadonlyArray<LawSet>): Attack => ({ name, sets })

// ---------------------------------------------------------- destructors

/** Tests every attack against every law that it claims to satisfy. */
export const matrix = async (attacks: ReadonlyArray<Attack>, options: Partial<JudgeOptions> = {}): Promise<Matrix> => {
  const caught = new Map<string, Set<string>>()
  for (const { name, sets } of attacks) {
    const by = new Set<string>()
    for (const one of sets.flatMap(allLaws)) {
      const verdict = await one.judge({ ...standard, shrink: false, ...options })
      if (verdict._tag === "Broken") by.add(one.name)
    }
    caught.set(name, by)
  }
  return caught
}
