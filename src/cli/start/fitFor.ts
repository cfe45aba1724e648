/**
 * The plan that `bijou start` trains under.
 */
import { orThrow } from "../../core/orThrow.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { planOf, type Fit } from "../../train/memory/Fit.ts"
import { measureSpeed } from "../../train/memory/measureSpeed.ts"
import { Speed } from "../../train/memory/Speed.ts"
import { Text } from "../../train/Text.ts"
import { fitBudget } from "../fitBudget.ts"
import { say } from "../say.ts"
import type { Begun, Session } from "./Session.ts"
import type { StartOptions } from "./StartOptions.ts"

// ---------------------------------------------------------- destructors

/** Null where everything is reversed. The plan of a file is for as many workers as it says, and its budget is for any. */
export const fitFor = async ({ options, resumed, text }: Session, begun: Begun): Promise<Fit | null> => {
  const { fit, workers } = resumed?.run ?? { fit: null, workers: null }
  if (options.budget === undefined && workers === (options.workers ?? null)) return fit
  return fitted(begun, text, { ...options, budget: options.budget ?? fit?.budget })
}

/** The plan for `--budget`, which is for all that tensors take in this thread, in every worker, and in what they share. */
const fitted = async (
  { net, before: { params, state } }: Begun,
  text: Text,
  { budget, batch, microBatch, context, seed, workers }: StartOptions,
): Promise<Fit | null> => {
  if (budget === undefined) return null
  const samples = Array.from({ length: microBatch }, (_, i) => i)
  const input = Text.batch(text.train, context, seed, samples)
  const step = { params, state, input, seed, samples }
  const given = { budget, microBatches: batch / microBatch, ...(workers === undefined ? {} : { workers }) }
  const plan = planOf(fitBudget(net.bijection, step, given))
  const speed = orThrow(await measureSpeed(net.bijection, { ...step, plan }, () => performance.now())())
  const fit = fitBudget(net.bijection, step, { ...given, speed })
  say(`Measured: ${Speed.toText(speed)}, which the times below rest on.`)
  tensorScope.release(input)
  return fit
}
