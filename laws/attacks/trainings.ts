/**
 * Impostors of training.
 */
import { Key } from "../../src/core/Key.ts"
import { attack } from "../Attack.ts"
import { numberLayer } from "../specimens.ts"
import { trainingLaws } from "../Training.ts"

const { params } = numberLayer(0)

const momentum = { w: 0 }

/** The moments of the optimiser outlive the run and push the next one. */
export const globalMoments = attack(
  "an optimiser with a memory of its own",
  trainingLaws({
    name: "an optimiser with a memory of its own",
    train: async (seed, steps) => {
      const start = params.init(Key.fromSeed(seed))
      let { w } = start
      for (let step = 0; step < steps; step++) {
        momentum.w = 0.9 * momentum.w + w
        w -= 0.1 * momentum.w
      }
      return { ...start, w }
    },
  }),
)
