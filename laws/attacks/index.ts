/**
 * All attacks; each is caught by some law, and every law catches one.
 */
import type { Attack } from "../engine/Attack.ts"
import * as batches from "./batches.ts"
import * as bijections from "./bijections.ts"
import { cachedInverse } from "./cachedInverse.ts"
import * as costs from "./costs.ts"
import * as layers from "./layers.ts"
import * as parameters from "./parameters.ts"
import * as plans from "./plans.ts"
import * as scalings from "./scalings.ts"
import * as sides from "./sides.ts"
import * as spaces from "./spaces.ts"
import * as structure from "./structure.ts"
import * as trainings from "./trainings.ts"

/** The library's attacks, for `matrix`; each is caught by some law, and every law catches one. */
export const attacks: ReadonlyArray<Attack> = [
  cachedInverse,
  ...Object.values(batches),
  ...Object.values(bijections),
  ...Object.values(costs),
  ...Object.values(layers),
  ...Object.values(parameters),
  ...Object.values(plans),
  ...Object.values(scalings),
  ...Object.values(sides),
  ...Object.values(spaces),
  ...Object.values(structure),
  ...Object.values(trainings),
]
