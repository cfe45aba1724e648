/**
 * Impostors of cost: correct results with more evaluations than allowed.
 */
import { either as E, function as F } from "fp-ts"
import { Bdia } from "../../src/block/Bdia.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { boundedGridNumber } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { evaluationLaws } from "../sets/Evaluation.ts"
import { numberLayer, type NumberWeights } from "../subjects/specimens.ts"

const space = numberSpace(9)

const chain = (layer: Layer<NumberWeights, number, number>) => Bdia.fromResidual({ space, layer }, 3)

const costs = (name: string, derive: typeof chain) =>
  evaluationLaws({
    name,
    layer: numberLayer(0.25),
    derive,
    evaluations: 3,
    inputs: boundedGridNumber(space.grid, 8),
  })

/** Runs forward a second time, to compare. */
export const doubleForward = attack(
  "a forward that evaluates twice",
  costs("a forward that evaluates twice", (layer) => {
    const f = chain(layer)
    const twice: typeof f.forward = (a) => (env) =>
      F.pipe(
        f.forward(a)(env),
        E.chain(() => f.forward(a)(env)),
      )
    return { ...f, forward: twice }
  }),
)

/** Rebuilds the input with `inverse`, then differentiates. */
export const doublePullback = attack(
  "a pullback that evaluates twice",
  costs("a pullback that evaluates twice", (layer) => {
    const f = chain(layer)
    const twice: typeof f.pullback = (b, side, db) => (env) =>
      F.pipe(
        f.inverse(b, side)(env),
        E.chain(() => f.pullback(b, side, db)(env)),
      )
    return { ...f, pullback: twice }
  }),
)

/** Stores a kept input as its tape and evaluates again. */
export const recomputedTape = attack(
  "a tape that recomputes",
  costs("a tape that recomputes", (layer) => {
    const f = chain(layer)
    const again: typeof f.pullback = (b, [start, rest], db) =>
      f.pullback(
        b,
        [
          start._tag === "taped" ? { _tag: "kept", input: start.input } : start,
          rest.map((held) => (held._tag === "taped" ? { _tag: "kept", input: held.input } : held)),
        ],
        db,
      )
    return { ...f, pullback: again }
  }),
)
