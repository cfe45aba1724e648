/**
 * The laws of training: a step is a function of parameters, data and key, and is refused if a gradient is not finite.
 */
import fc from "fast-check"
import { law, type LawSet } from "../engine/Law.ts"

// ---------------------------------------------------------------- model

/** Training of a network from fresh parameters, as evidence: the loss of every step and the final parameters. */
export interface TrainingSubject {
  readonly name: string
  /** Trains the given number of steps; the same seed gives the same parameters, data and draws. */
  readonly train: (seed: number, steps: number) => Promise<unknown>
  /**
   * Tries one step from fresh parameters with `poison`, NaN or infinite, in place of one gradient. Returns, as
   * evidence, whether the step was refused, and the parameters and moments before and after it.
   */
  readonly tryPoisoned: (seed: number, poison: number) => Promise<PoisonedStep>
}

/** The result of a step with such a gradient. */
export interface PoisonedStep {
  readonly refused: boolean
  readonly before: unknown
  readonly after: unknown
}

// ----------------------------------------------------------------- laws

/** The same key gives the same bits, no matter what was trained in between, and only finite gradients are applied. */
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
