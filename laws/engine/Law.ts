/**
 * Laws: equations with names, and how they are tested.
 *
 * A law says that two sides are the same. The caller gives the equality; the default compares bit patterns.
 */
import fc from "fast-check"
import { isPlain, sameBits, showValue, type Equality } from "./bits.ts"
import { free, look } from "./evidence.ts"

// ---------------------------------------------------------------- model

/** Both sides of an equation, for one input. */
export interface Sides {
  readonly lhs: unknown
  readonly rhs: unknown
}

/** An equation with a name that can be tested. */
export interface Law {
  /** An English phrase, since it gets printed. */
  readonly name: string
  /** Tries generated inputs until one fails; if a side throws, the verdict is `Raised`. */
  readonly judge: (options: JudgeOptions) => Promise<Verdict>
}

/** Laws that belong together, under the name of their subject. */
export interface LawSet {
  readonly name: string
  /** What the laws are about, in one word: `bijection` for `bijectionLaws`. */
  readonly topic: string
  /** The laws that must hold as well. */
  readonly parents: ReadonlyArray<LawSet>
  readonly laws: ReadonlyArray<Law>
}

/** How many inputs a law is tried on, and from which seed; `seed` and `path` repeat a failure. */
export interface JudgeOptions {
  readonly runs: number
  readonly seed: number
  readonly path?: string
  /** Seconds after which a law that has held so far is not tried further. */
  readonly seconds?: number
  /** Whether a failing input is made as simple as possible. */
  readonly shrink: boolean
  readonly equals: Equality
}

/** The result of a law: it holds, or it fails on an input, with the seed and path that repeat it. */
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
  /** The causes of the failure that were found, one sentence each. */
  readonly reasons: ReadonlyArray<string>
}

// --------------------------------------------------------- constructors

/**
 * Makes the law that both sides of `equation` are the same for every input. The equation borrows its input, which is
 * freed at the end. `explain` says in sentences why the sides differ for an input.
 */
export const law = <I>(
  name: string,
  inputs: fc.Arbitrary<I>,
  equation: (input: I) => Sides | Promise<Sides>,
  explain: (input: I, raised: boolean) => Promise<ReadonlyArray<string>> = async () => [],
): Law => ({
  name,
  judge: async ({ runs, seed, path, seconds, shrink, equals }) => {
    const used: unknown[] = []
    let last: Promise<unknown> = Promise.resolve()
    const property = fc.asyncProperty(inputs, async (input) => {
      if (!isPlain(input)) used.push(input)
      const judged = Promise.resolve(equation(input))
      last = judged.catch(() => {})
      const sides = await judged
      if (!equals(sides.lhs, sides.rhs)) throw new Unequal(sides)
    })
    try {
      const found = await fc.check(property, {
        numRuns: runs,
        maxSkipsPerRun: 10,
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
        // Made again: the run that failed may have freed or changed its input.
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
          where.reasons = await explain(input, !(error instanceof Unequal))
        })
      }
      return error instanceof Unequal
        ? { _tag: "Broken", sides: error.sides, ...where }
        : { _tag: "Raised", error, ...where }
    } finally {
      await last // when the time is over, this case is still running, with open scopes and live tensors
      for (const input of used) free(input)
    }
  },
})

/** The default options: a hundred runs from a fixed seed, and the equality of bit patterns. */
export const standard: JudgeOptions = { runs: 100, seed: 1, shrink: true, equals: sameBits }

// ---------------------------------------------------------- destructors

/** Lists every law of a set and of its parents, parents first, each once. */
export const allLaws = (set: LawSet): ReadonlyArray<Law> => allSets(set).flatMap(({ laws }) => laws)

/** Lists a set after its parents and their parents, each once. */
export const allSets = (set: LawSet): ReadonlyArray<LawSet> => {
  const sets = new Map<string, LawSet>()
  for (const one of [...set.parents.flatMap(allSets), set]) if (!sets.has(one.name)) sets.set(one.name, one)
  return [...sets.values()]
}

const show = async (input: unknown): Promise<string> => {
  if (isPlain(input)) return fc.stringify(input)
  try {
    return showValue(await look(input))
  } catch {
    return fc.stringify(input)
  }
}

const nothingTried = ({ numSkips, interrupted }: { readonly numSkips: number; readonly interrupted: boolean }): Error =>
  new Error(
    interrupted
      ? "The time was over before the first input was tested. Allow more seconds."
      : `${numSkips} inputs in a row were refused: an activation was outside the range of the grid. Generate smaller ones, or make the residual smaller.`,
  )

/** Passes the sides out of fast-check. */
class Unequal extends Error {
  readonly sides: Sides

  constructor(sides: Sides) {
    super("The sides differ.")
    this.sides = sides
  }
}
