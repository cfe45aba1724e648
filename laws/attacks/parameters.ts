/**
 * Impostors of parameter trees.
 */
import { either as E } from "fp-ts"
import { Key } from "../../src/core/Key.ts"
import { attack } from "../engine/Attack.ts"
import { paramsLaws } from "../sets/Params.ts"
import { numberLayer } from "../subjects/specimens.ts"

const { params } = numberLayer(0)

/** Ignores the leaves and returns default values. */
export const forgetfulRebuild = attack(
  "a rebuild from defaults",
  paramsLaws({
    name: "a rebuild from defaults",
    params: { ...params, rebuild: () => E.right({ w: 1, v: 1, b: 0 }) },
  }),
)

/** Lists the leaves of both halves without the names of the halves. */
export const clashingNames = attack(
  "two leaves with the same name",
  paramsLaws({
    name: "two leaves with the same name",
    params: { ...params, leaves: (p) => params.leaves(p).map(([, leaf]) => ["w", leaf] as const) },
  }),
)

let made = 0

/** Draws initial values from its own generator. */
export const unseededInit = attack(
  "an unseeded init",
  paramsLaws({ name: "an unseeded init", params: { ...params, init: () => params.init(Key.fromSeed(made++)) } }),
)

/** Loses the second gradient of a shared part. */
export const halfSum = attack(
  "a sum that drops a term",
  paramsLaws({ name: "a sum that drops a term", params: { ...params, add: (x) => x } }),
)
