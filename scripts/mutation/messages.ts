/**
 * What a judge and a worker say to each other.
 */
import * as t from "io-ts"

/** What a worker is asked: whether a mutant compiles, whether tests pass, and whether they pass with a mutant. */
export const Question = t.union([
  t.strict({ ask: t.literal("compile"), file: t.string, text: t.string }),
  t.strict({ ask: t.literal("run"), tests: t.readonlyArray(t.string) }),
  t.strict({ ask: t.literal("mutate"), file: t.string, text: t.string, tests: t.readonlyArray(t.string) }),
])

export type Question = t.TypeOf<typeof Question>

/** What tests end in; `died` where their process did. */
export const Outcome = t.keyof({ passed: null, failed: null, died: null })

export type Outcome = t.TypeOf<typeof Outcome>

/** Outcomes, whether a mutant compiles, and that a worker has started. */
export const Answer = t.union([Outcome, t.keyof({ compiles: null, fails: null, ready: null })])

export type Answer = t.TypeOf<typeof Answer>

/** Is sent whenever a test ends. */
export const onItsWay = "on its way"
