/**
 * Runs programs for synchronous callers.
 */
import type { Key } from "../../core/Key.ts"
import { Plan } from "../../core/Plan.ts"
import type { Program } from "../../core/Program.ts"
import { tensorScope } from "../values/tensorScope.ts"
import { tensorWatch } from "../values/tensorWatch.ts"
import { samplesOf } from "../values/samples.ts"
import { orThrow } from "../../core/orThrow.ts"

/**
 * Runs a program and reads its evidence synchronously. The sample ids are the positions on the leading axis of `input`.
 * Throws the `RevError`.
 */
export const evaluateNow = <P, X>(program: Program<P, X>, params: P, key: Key, input: unknown): X => {
  const watch = tensorWatch()
  const result = program({
    params,
    path: [],
    key,
    step: 0,
    samples: samplesOf(input),
    draws: "sampled",
    plan: Plan.reversed,
    scope: tensorScope,
    watch,
  })
  const evidence = watch.settleNow()
  const value = orThrow(result)
  orThrow(evidence)
  return value
}
