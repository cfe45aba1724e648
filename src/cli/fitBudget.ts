/**
 * `--budget`: the fastest plan that fits.
 */
import { either as E } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import type { tf } from "../tensor/tf.ts"
import { inMegabytes } from "../train/memory/ByteSize.ts"
import type { Fit } from "../train/memory/Fit.ts"
import type { MemoryBudget } from "../train/memory/MemoryBudget.ts"
import { fitPlan } from "../train/memory/fitPlan.ts"
import type { Step } from "../train/memory/ledgerOf.ts"

/** Fits a plan to the budget. Throws `UnusableInput` if the budget is too small. */
export const fitBudget = <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  step: Step<P, A>,
  given: MemoryBudget & { readonly budget: number },
): Fit => {
  const fit = fitPlan(net, step, given)
  if (E.isRight(fit)) return fit.right
  if (fit.left._tag !== "BudgetTooSmall") throw fit.left
  const { smallest, workers } = fit.left
  const [by, fewer] = workers === null || workers < 2 ? ["", ""] : [` for ${workers} workers`, "fewer --workers, "]
  throw new UnusableInput(
    `--budget ${inMegabytes(given.budget)} is too small${by}: the least that works is ${smallest} bytes, ${inMegabytes(smallest)}. Give that, or ${fewer}a smaller --batch or --context.`,
  )
}
