/**
 * Impostors of training.
 */
import { Key } from "../../src/core/Key.ts"
import { attack } from "../engine/Attack.ts"
import { numberLayer } from "../subjects/specimens.ts"
import { trainingLaws } from "../sets/Training.ts"

const { params } = numberLayer(0)

const momentum = { w: 0 }

const refusing = async (seed: number) => {
  const before = params.init(Key.fromSeed(seed))
  return { refused: true, before, after: before }
}

/** Keeps the optimizer's moments after the run, so that they affect the next one. */
export const globalMoments = attack(
  "an optimizer that keeps its moments",
  trainingLaws({
    name: "an optimizer that keeps its moments",
    train: async (seed, steps) => {
      const start = params.init(Key.fromSeed(seed))
      let { w } = start
      for (let step = 0; step < steps; step++) {
        momentum.w = 0.9 * momentum.w + w
        w -= 0.1 * momentum.w
      }
      return { ...start, w }
    },
    tryPoisoned: refusing,
  }),
)

/** Clips by comparison: it treats 1 as the smaller of 1 and NaN, and 0 as the smaller of 1 and 0. */
export const comparingClip = attack(
  "a clip that treats NaN as small",
  trainingLaws({
    name: "a clip that treats NaN as small",
    train: async (seed) => params.init(Key.fromSeed(seed)),
    tryPoisoned: async (seed, poison) => {
      const before = params.init(Key.fromSeed(seed))
      const shrink = 1 / Math.abs(poison) < 1 ? 0 : 1
      return { refused: false, before, after: { ...before, w: before.w - 0.1 * shrink * poison } }
    },
  }),
)
