/**
 * The laws of training: a step is a function of parameters, data and key, and is not taken with a gradient that is not finite.
 */
import fc from "fast-check"
import { law, type LawSet } from "../engine/Law.ts"

// ---------------------------------------------------------------- model

/** A way to train a network from fresh parameters, as evidence: the loss of every step and all parameters at the end. */
export interface TrainingSubject {
  readonly name: string
  /** Trains that many steps; the same seed gives the same parameters, data and draws. */
  readonly train: (seed: number, steps: number) => Promise<unknown>
  /**
   * Tries one step from fresh parameters with `poison` in place of one gradient, NaN or infinite: whether it was refused, and parameters and
   * moments before and after it, as evidence.
   */
  readonly tryPoisoned: (seed: number, poison: number) => Promise<PoisonedStep>
}

/** What came of a step with such a gradient. */
export interface PoisonedStep {
  readonly refused: boolean
  readonly before: unknown
  readonly after: unknown
}

// ----------------------------------------------------------------- laws

/** The same key gives the same bits, whatever was trained in between, and no gradient that is not finite reaches a parameter. */
export const trainingLaws = ({ name, train, tryPoisoned }: TrainingSubject): LawSet => ({
  topic: "training",
  name: `${name} trains`,
  parents: [],
  laws: [
    law(
      "training with the same key gives the same bits",
      fc.record({ seed: fc.maxSafeNat(), other: fc.maxSafeNat(), steps: fc.integer({ min: 1, max: 3 }) }),
      async ({ seed, other, steps }) => {
        const before = await train(seed, steps)
        await train(other, 1)
        return { lhs: await train(seed, steps), rhs: before }
      },
    ),
    law(
      "a step with a gradient that is not finite is refused",
      fc.record({ seed: fc.maxSafeNat(), poison: fc.constantFrom(NaN, Infinity, -Infinity) }),
      async ({ seed, poison }) => {
        const { refused, before, after } = await tryPoisoned(seed, poison)
        return { lhs: [refused, after], rhs: [true, before] }
      },
    ),
  ],
})
