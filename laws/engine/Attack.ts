/**
 * Impostors, and which law catches which.
 */
import { allLaws, standard, type JudgeOptions, type LawSet } from "./Law.ts"

// ---------------------------------------------------------------- model

/** Something that looks like what the laws are about, with all the law sets that it claims to satisfy. */
export interface Attack {
  readonly name: string
  readonly sets: ReadonlyArray<LawSet>
}

/** For every attack, the laws that broke with unequal sides; an exception is no catch. */
export type Matrix = ReadonlyMap<string, ReadonlySet<string>>

// --------------------------------------------------------- constructors

/** An impostor under a name, which gets printed, with the law sets that it claims to satisfy. */
export const attack = (name: string, ...sets: ReadonlyArray<LawSet>): Attack => ({ name, sets })

// ---------------------------------------------------------- destructors

/** Judges every attack by every law that it claims to satisfy. */
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
