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
import { paragraph } from "../say.ts"
import type { Begun, Session } from "./Session.ts"
import type { StartOptions } from "./StartOptions.ts"

// ---------------------------------------------------------- destructors

/**
 * The fitted plan; null if every block is reversed. The plan of a checkpoint holds for its number of workers, its
 * budget for any number.
 */
export const fitFor = async ({ options, resumed, text }: Session, begun: Begun): Promise<Fit | null> => {
  const { fit, workers } = resumed?.run ?? { fit: null, workers: null }
  if (options.budget === undefined && workers === (options.workers ?? null)) return fit
  return fitted(begun, text, { ...options, budget: options.budget ?? fit?.budget })
}

/** Fits a plan to `--budget`, which covers tensors in this thread, in every worker and in shared memory. */
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
  paragraph(`Times below assume ${Speed.toText(speed)}, as measured.`)
  tensorScope.release(input)
  return fit
}
