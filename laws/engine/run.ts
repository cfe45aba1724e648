/**
 * Tests of law sets, with or without a test framework.
 *
 * The framework is an argument, so a law set runs in vitest, jest, mocha and node:test; `judgeAll` needs none:
 *
 *     checkLaws({ describe, it }, bijectionLaws(subject))
 */
import { allLaws, allSets, standard, type JudgeOptions, type LawSet, type Verdict } from "./Law.ts"
import { report } from "./report.ts"

// ---------------------------------------------------------------- model

/** The functions of a test framework that are used. */
export interface Runner {
  /** Groups the tests that `body` declares. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Declares a test, which fails when the promise of `body` rejects. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** A law with its verdict. */
export interface Judgement {
  readonly topic: string
  readonly name: string
  readonly verdict: Verdict
  readonly milliseconds: number
}

/** Every law of a set with its verdict. */
export interface Judged {
  readonly name: string
  readonly seed: number
  readonly laws: ReadonlyArray<Judgement>
}

// ---------------------------------------------------------- destructors

/**
 * Declares one `it` for each law of the set and of its parents. A failure prints the law, both sides, and fast-check's
 * seed and path.
 */
export const checkLaws = ({ describe, it }: Runner, set: LawSet, options: Partial<JudgeOptions> = {}): void => {
  describe(set.name, () => {
    for (const one of allLaws(set))
      it(one.name, async () => {
        const verdict = await one.judge({ ...standard, ...options })
        if (verdict._tag !== "Holds")
          throw new Error(report(one.name, verdict), verdict._tag === "Raised" ? { cause: verdict.error } : {})
      })
  })
}

/** Tests the laws of the set and of its parents one after the other; leave the loop to stop early. */
export const judgements = async function* (
  set: LawSet,
  options: Partial<JudgeOptions> = {},
): AsyncGenerator<Judgement, void> {
  const all = { ...standard, ...options }
  for (const { topic, laws } of allSets(set))
    for (const { name, judge } of laws) {
      const begun = performance.now()
      const verdict = await judge(all)
      yield { topic, name, verdict, milliseconds: performance.now() - begun }
    }
}

/** Tests every law of the set and of its parents, and returns the verdicts as data. */
export const judgeAll = async (set: LawSet, options: Partial<JudgeOptions> = {}): Promise<Judged> => {
  const laws: Judgement[] = []
  for await (const judgement of judgements(set, options)) laws.push(judgement)
  return { name: set.name, seed: options.seed ?? standard.seed, laws }
}
