/**
 * Impostors of parameter trees.
 */
import { either as E } from "fp-ts"
import { Key } from "../../src/core/Key.ts"
import { attack } from "../engine/Attack.ts"
import { paramsLaws } from "../sets/Params.ts"
import { numberLayer } from "../subjects/specimens.ts"

const { params } = numberLayer(0)

/** What is read back is made anew where it differs from a default. */
export const forgetfulRebuild = attack(
  "a rebuild from defaults",
  paramsLaws({
    name: "a rebuild from defaults",
    params: { ...params, rebuild: () => E.right({ w: 1, v: 1, b: 0 }) },
  }),
)

/** The leaves of both halves without their names. */
export const clashingNames = attack(
  "two leaves of one name",
  paramsLaws({
    name: "two leaves of one name",
    params: { ...params, leaves: (p) => params.leaves(p).map(([, leaf]) => ["w", leaf] as const) },
  }),
)

let made = 0

/** Initial values from a generator of its own. */
export const unseededInit = attack(
  "an unseeded init",
  paramsLaws({ name: "an unseeded init", params: { ...params, init: () => params.init(Key.fromSeed(made++)) } }),
)

/** Gradients of a shared part, of which the second is lost. */
export const halfSum = attack(
  "a sum of its first term",
  paramsLaws({ name: "a sum of its first term", params: { ...params, add: (x) => x } }),
)
