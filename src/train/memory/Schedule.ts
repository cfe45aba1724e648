/**
 * A schedule: a choice for every stage of a chain, with its peak and its time.
 *
 * The bytes that stages save add up, and the highest moment must fit the budget. So the peak is a maximum over moments,
 * not a sum: what the last stages save is freed before the first are pulled back.
 *
 *     held_i = cost_1.held + .. + cost_i.held,   peak = max_i (held_{i-1} + cost_i.most),   time = sum_i cost_i.time
 */
import type { Choice } from "../../core/Plan.ts"
import type { Stage } from "./Stage.ts"

// ---------------------------------------------------------------- model

/** The choices by stage, with their peak and their time. */
export interface Schedule {
  readonly choices: ReadonlyArray<Choice>
  readonly peak: number
  readonly time: number
}

/** A schedule of the first stages only: a linked list that shares its beginning with others. */
export interface Prefix {
  readonly choice: Choice | null
  readonly held: number
  readonly peak: number
  readonly time: number
  readonly before: Prefix | null
}

// --------------------------------------------------------- constructors

/** Makes the prefix without a stage, which begins with `held` bytes. */
export const emptyPrefix = (held: number): Prefix => ({ choice: null, held, peak: held, time: 0, before: null })

// ----------------------------------------------------------- combinators

/** Adds one stage to a prefix. */
export const extend =
  ({ cost }: Stage, choice: Choice) =>
  (before: Prefix): Prefix => {
    const { held, most, time } = cost(before.choice, choice)
    return {
      choice,
      held: before.held + held,
      peak: Math.max(before.peak, before.held + most),
      time: before.time + time,
      before,
    }
  }

// ---------------------------------------------------------- destructors

/** Returns the schedule of a prefix, from its first stage on. */
export const scheduleOf = (prefix: Prefix): Schedule => {
  const choices: Choice[] = []
  for (let at: Prefix | null = prefix; at !== null; at = at.before) if (at.choice !== null) choices.push(at.choice)
  return { choices: choices.reverse(), peak: prefix.peak, time: prefix.time }
}
