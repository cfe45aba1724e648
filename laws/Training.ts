/**
 * The laws of training: a step is a function of parameters, data and key.
 */
import fc from "fast-check"
import { law, type LawSet } from "./Law.ts"

// ---------------------------------------------------------------- model

/** A way to train a network from fresh parameters, as evidence: the loss of every step and all parameters at the end. */
export interface TrainingSubject {
  readonly name: string
  /** Trains that many steps; the same seed gives the same parameters, data and draws. */
  readonly train: (seed: number, steps: number) => Promise<unknown>
}

// ----------------------------------------------------------------- laws

/** The same key gives the same bits, whatever was trained in between. */
export const trainingLaws = ({ name, train }: TrainingSubject): LawSet => ({
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
  ],
})
