/**
 * A chain of parts that each may leave more or less behind, and ways through it.
 *
 * What parts leave adds up; on top of what those before it left, a part has a most of its own, forwards or on the way back; and the highest
 * moment must fit a budget. So the peak is a maximum over moments, not a sum: what the last parts leave is gone before the first are pulled.
 *
 *     held_i = toll_1.held + .. + toll_i.held,   peak = max_i (held_{i-1} + toll_i.most),   time = sum_i toll_i.time
 */
import type { Choice } from "../../core/Plan.ts"

// ---------------------------------------------------------------- model

/** What passing a part costs: bytes that it leaves, its most bytes beyond those left before it, and its time. */
export interface Toll {
  readonly held: number
  readonly most: number
  readonly time: number
}

/** A part of the chain: the choices that it has, and its toll, which may depend on the choice of the part before it (parts share inputs). */
export interface Station {
  readonly choices: ReadonlyArray<Choice>
  readonly toll: (before: Choice | null, choice: Choice) => Toll
}

/** A choice for every part, and what they come to. */
export interface Way {
  readonly choices: ReadonlyArray<Choice>
  readonly peak: number
  readonly time: number
}

/** A way as far as some part, which shares what it has in common with others. */
export interface Reached {
  readonly choice: Choice | null
  readonly held: number
  readonly peak: number
  readonly time: number
  readonly before: Reached | null
}

// --------------------------------------------------------- constructors

/** Where every way starts, with `held` bytes. */
export const departure = (held: number): Reached => ({ choice: null, held, peak: held, time: 0, before: null })

// ----------------------------------------------------------- combinators

/** One part on. */
export const passed =
  ({ toll }: Station, choice: Choice) =>
  (before: Reached): Reached => {
    const { held, most, time } = toll(before.choice, choice)
    return {
      choice,
      held: before.held + held,
      peak: Math.max(before.peak, before.held + most),
      time: before.time + time,
      before,
    }
  }

// ---------------------------------------------------------- destructors

/** The whole way that was reached. */
export const wayTo = (reached: Reached): Way => {
  const choices: Choice[] = []
  for (let at: Reached | null = reached; at !== null; at = at.before) if (at.choice !== null) choices.push(at.choice)
  return { choices: choices.reverse(), peak: reached.peak, time: reached.time }
}
