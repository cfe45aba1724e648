/**
 * Equations with names, and how they are put to the test.
 *
 * A law says that two sides are the same; the caller gives the equality, which is of bit patterns unless said otherwise.
 * The test framework is passed in, so a law set runs in vitest, jest, mocha and node:test alike, and `judgeAll` needs none:
 *
 *     checkLaws({ describe, it }, bijectionLaws(subject))
 */
import fc from "fast-check"
import { firstDifference, isPlain, sameBits, showBits, type Equality } from "./bits.ts"
import { free, look } from "./evidence.ts"

// ---------------------------------------------------------------- model

/** Both sides of an equation, for one input. */
export interface Sides {
  readonly lhs: unknown
  readonly rhs: unknown
}

/** An equation with a name that can be put to the test. */
export interface Law {
  /** An English phrase, since it gets printed. */
  readonly name: string
  /** Tries generated inputs up to the first that fails; an error on the way is the verdict `Raised`. */
  readonly judge: (budget: Budget) => Promise<Verdict>
}

/** Laws that belong together, under the name of what they are about. */
export interface LawSet {
  readonly name: string
  /** What the laws are about, in a word: `bijection` for those of `bijectionLaws`. */
  readonly topic: string
  /** The laws that must hold as well. */
  readonly parents: ReadonlyArray<LawSet>
  readonly laws: ReadonlyArray<Law>
}

/** How hard a law is tried, and from where; `seed` and `path` repeat a failure. */
export interface Budget {
  readonly runs: number
  readonly seed: number
  readonly path?: string
  /** Seconds after which a law that holds so far is tried no further. */
  readonly seconds?: number
  /** Whether a failing input is made as simple as possible. */
  readonly shrink: boolean
  readonly equals: Equality
}

/** What came of a law: it holds, or one input, with the seed and path that repeat it, on which it does not. */
export type Verdict = Holds | Broken | Raised

/** The sides were the same in every case. */
export interface Holds {
  readonly _tag: "Holds"
  /** How many inputs were tried. */
  readonly cases: number
}

/** The sides differ. */
export interface Broken extends Counterexample {
  readonly _tag: "Broken"
  readonly sides: Sides
}

/** The sides could not be computed. */
export interface Raised extends Counterexample {
  readonly _tag: "Raised"
  readonly error: unknown
}

/** One input, and how to see it again. */
export interface Counterexample {
  readonly cases: number
  readonly input: string
  readonly seed: number
  readonly path: string
  /** What the failure comes from, where that can be told: one sentence each. */
  readonly reasons: ReadonlyArray<string>
}

/** What is used of a test framework. */
export interface Runner {
  /** Groups the tests that `body` declares. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Declares a test, which fails when the promise of `body` rejects. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** Every law of a set with what came of it. */
export interface Judged {
  readonly name: string
  readonly seed: number
  readonly laws: ReadonlyArray<{ readonly name: string; readonly verdict: Verdict; readonly milliseconds: number }>
}

// --------------------------------------------------------- constructors

/**
 * The law that both sides of `equation` are the same for every input. The equation borrows its input, which is freed when
 * all is judged; `explain` says in sentences why the sides differ for an input.
 */
export const law = <I>(
  name: string,
  inputs: fc.Arbitrary<I>,
  equation: (input: I) => Sides | Promise<Sides>,
  explain: (input: I) => Promise<ReadonlyArray<string>> = async () => [],
): Law => ({
  name,
  judge: async ({ runs, seed, path, seconds, shrink, equals }) => {
    const used: unknown[] = []
    const property = fc.asyncProperty(inputs, async (input) => {
      if (!isPlain(input)) used.push(input)
      const sides = await equation(input)
      if (!equals(sides.lhs, sides.rhs)) throw new Unequal(sides)
    })
    try {
      const found = await fc.check(property, {
        numRuns: runs,
        seed,
        endOnFailure: !shrink,
        ...(path === undefined ? {} : { path }),
        ...(seconds === undefined ? {} : { interruptAfterTimeLimit: 1000 * seconds }),
      })
      if (!found.failed && found.numRuns > 0) return { _tag: "Holds", cases: found.numRuns }
      const error = found.errorInstance ?? nothingTried(found)
      const where = {
        cases: found.numRuns,
        input: "",
        seed: found.seed,
        path: "",
        reasons: [] as ReadonlyArray<string>,
      }
      if (found.counterexamplePath !== null) {
        const path = found.counterexamplePath
        // Made anew: the run that failed may have freed or changed what it was given.
        const again = async (use: (input: I) => Promise<void>) => {
          const replay = fc.asyncProperty(inputs, async (input) => {
            if (!isPlain(input)) used.push(input)
            await use(input)
          })
          await fc.check(replay, { numRuns: 1, seed: found.seed, path, endOnFailure: true })
        }
        where.path = path
        await again(async (input) => {
          where.input = await show(input)
        })
        await again(async (input) => {
          where.reasons = await explain(input)
        })
      }
      return error instanceof Unequal
        ? { _tag: "Broken", sides: error.sides, ...where }
        : { _tag: "Raised", error, ...where }
    } finally {
      for (const input of used) free(input)
    }
  },
})

/** A hundred runs from a fixed seed, with the equality of bit patterns. */
export const standard: Budget = { runs: 100, seed: 1, shrink: true, equals: sameBits }

// ---------------------------------------------------------- destructors

/** Every law of a set and of its parents, parents first, each once. */
export const allLaws = (set: LawSet): ReadonlyArray<Law> => {
  const laws = new Map<string, Law>()
  for (const one of allSets(set).flatMap((each) => each.laws)) if (!laws.has(one.name)) laws.set(one.name, one)
  return [...laws.values()]
}

/** A set behind its parents and theirs. */
export const allSets = (set: LawSet): ReadonlyArray<LawSet> => [...set.parents.flatMap(allSets), set]

/** One `it` for every law of the set and of its parents; a failure prints the law, both sides, and fast-check's seed and path. */
export const checkLaws = ({ describe, it }: Runner, set: LawSet, budget: Partial<Budget> = {}): void => {
  describe(set.name, () => {
    for (const one of allLaws(set))
      it(one.name, async () => {
        const verdict = await one.judge({ ...standard, ...budget })
        if (verdict._tag !== "Holds") throw failure(one.name, verdict)
      })
  })
}

/** Judges every law of the set and of its parents, and reports as data; `tell` hears of each law when it is done. */
export const judgeAll = async (
  set: LawSet,
  budget: Partial<Budget> = {},
  tell: (done: Judged["laws"][number]) => void = () => {},
): Promise<Judged> => {
  const whole = { ...standard, ...budget }
  const laws: Judged["laws"][number][] = []
  for (const one of allLaws(set)) {
    const begun = performance.now()
    const done = { name: one.name, verdict: await one.judge(whole), milliseconds: performance.now() - begun }
    laws.push(done)
    tell(done)
  }
  return { name: set.name, seed: whole.seed, laws }
}

/** The report of a law that does not hold. */
export const report = (name: string, verdict: Broken | Raised): string => {
  const { input, seed, path, reasons } = verdict
  const again = [
    ...(input === "" ? [] : [`  input: ${input}`]),
    ...reasons.map((reason) => `  why: ${reason}`),
    `  again: { seed: ${seed}, path: "${path}" }`,
  ]
  if (verdict._tag === "Raised")
    return [`The law "${name}" could not be judged: ${sentence(verdict.error)}`, ...again].join("\n")
  const { lhs, rhs } = verdict.sides
  const difference = firstDifference(lhs, rhs)
  const at =
    difference === null || difference.at === ""
      ? []
      : [`  first at ${difference.at}: ${showBits(difference.lhs)} and ${showBits(difference.rhs)}`]
  return [`The law "${name}" is broken.`, `  lhs: ${showBits(lhs)}`, `  rhs: ${showBits(rhs)}`, ...at, ...again].join(
    "\n",
  )
}

const failure = (name: string, verdict: Broken | Raised): Error =>
  new Error(report(name, verdict), verdict._tag === "Raised" ? { cause: verdict.error } : {})

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const show = async (input: unknown): Promise<string> => {
  if (isPlain(input)) return fc.stringify(input)
  try {
    return showBits(await look(input))
  } catch {
    return fc.stringify(input)
  }
}

const nothingTried = ({ numSkips, interrupted }: { readonly numSkips: number; readonly interrupted: boolean }): Error =>
  new Error(
    interrupted
      ? "The time was over before the first input was judged. Give it more."
      : `${numSkips} inputs in a row were refused: an activation left the range of the grid. Generate smaller ones.`,
  )

/** Carries the sides out of fast-check. */
class Unequal extends Error {
  readonly sides: Sides

  constructor(sides: Sides) {
    super("The sides differ.")
    this.sides = sides
  }
}
