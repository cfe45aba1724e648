/**
 * Equations with names, and how they are put to the test.
 *
 * A law says that two sides are the same; the caller gives the equality, which is of bit patterns unless said otherwise.
 * The test framework is passed in, so a law set runs in vitest, jest, mocha and node:test alike:
 *
 *     checkLaws({ describe, it }, bijectionLaws(subject))
 */
import fc from "fast-check"
import { firstDifference, sameBits, showBits, type Equality } from "./bits.ts"

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
  /** The laws that must hold as well. */
  readonly parents: ReadonlyArray<LawSet>
  readonly laws: ReadonlyArray<Law>
}

/** How hard a law is tried, and from where; `seed` and `path` repeat a failure. */
export interface Budget {
  readonly runs: number
  readonly seed: number
  readonly path?: string
  /** Whether a failing input is made as simple as possible. */
  readonly shrink: boolean
  readonly equals: Equality
}

/** What came of a law: it holds, or one input, with the seed and path that repeat it, on which it does not. */
export type Verdict =
  | { readonly _tag: "Holds" }
  /** The sides differ. */
  | {
      readonly _tag: "Broken"
      readonly sides: Sides
      readonly input: string
      readonly seed: number
      readonly path: string
    }
  /** The sides could not be computed. */
  | {
      readonly _tag: "Raised"
      readonly error: unknown
      readonly input: string
      readonly seed: number
      readonly path: string
    }

/** What is used of a test framework. */
export interface Runner {
  /** Groups the tests that `body` declares. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Declares a test, which fails when the promise of `body` rejects. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

// --------------------------------------------------------- constructors

/** The law that both sides of `equation` are the same for every input; each input is used once. */
export const law = <I>(name: string, inputs: fc.Arbitrary<I>, equation: (input: I) => Sides | Promise<Sides>): Law => ({
  name,
  judge: async ({ runs, seed, path, shrink, equals }) => {
    const property = fc.asyncProperty(inputs, async (input) => {
      const sides = await equation(input)
      if (!equals(sides.lhs, sides.rhs)) throw new Unequal(sides)
    })
    const found = await fc.check(property, {
      numRuns: runs,
      seed,
      endOnFailure: !shrink,
      ...(path === undefined ? {} : { path }),
    })
    if (!found.failed) return { _tag: "Holds" }
    const where = { input: fc.stringify(found.counterexample), seed: found.seed, path: found.counterexamplePath ?? "" }
    const error = found.errorInstance ?? new Error(`${found.numSkips} inputs in a row were refused.`)
    return error instanceof Unequal
      ? { _tag: "Broken", sides: error.sides, ...where }
      : { _tag: "Raised", error, ...where }
  },
})

/** A hundred runs from a fixed seed, with the equality of bit patterns. */
export const standard: Budget = { runs: 100, seed: 1, shrink: true, equals: sameBits }

// ---------------------------------------------------------- destructors

/** Every law of a set and of its parents, parents first, each once. */
export const allLaws = (set: LawSet): ReadonlyArray<Law> => {
  const laws = new Map<string, Law>()
  for (const one of [...set.parents.flatMap(allLaws), ...set.laws]) if (!laws.has(one.name)) laws.set(one.name, one)
  return [...laws.values()]
}

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

/** The report of a law that does not hold. */
export const report = (name: string, verdict: Exclude<Verdict, { readonly _tag: "Holds" }>): string => {
  const { input, seed, path } = verdict
  const again = [`  input: ${input}`, `  again: { seed: ${seed}, path: "${path}" }`]
  if (verdict._tag === "Raised")
    return [`The law "${name}" could not be judged: ${String(verdict.error)}`, ...again].join("\n")
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

const failure = (name: string, verdict: Exclude<Verdict, { readonly _tag: "Holds" }>): Error =>
  new Error(report(name, verdict), verdict._tag === "Raised" ? { cause: verdict.error } : {})

/** Carries the sides out of fast-check. */
class Unequal extends Error {
  readonly sides: Sides

  constructor(sides: Sides) {
    super("The sides differ.")
    this.sides = sides
  }
}
