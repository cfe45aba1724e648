/**
 * Finds the fastest plan whose step fits a memory budget.
 *
 * The cost of every choice follows from shapes alone (`stagesOf.ts`). The optimum over these costs is exact. So is the
 * peak of the chosen plan, which is run once more on shapes.
 */
import { either as E, option as O } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import type { Choice, Plan } from "../../core/Plan.ts"
import type { RevError } from "../../core/RevError.ts"
import type { tf } from "../../tensor/tf.ts"
import type { MemoryBudget } from "./MemoryBudget.ts"
import { byteSize } from "./ByteSize.ts"
import { BudgetTooSmall } from "../errors/BudgetTooSmall.ts"
import { fastestSchedule, leanestSchedule } from "./fastestSchedule.ts"
import type { Fit } from "./Fit.ts"
import type { Ledger, Moment } from "./Ledger.ts"
import { predictLedger, type Step } from "./ledgerOf.ts"
import { Speed } from "./Speed.ts"
import { costsIn, planFor, stagesOf } from "./stagesOf.ts"
import { surroundings } from "./surroundings.ts"

// --------------------------------------------------------- constructors

/**
 * Returns the fastest plan for this network and step, as a `Fit`, which `planOf` makes a plan. It ignores the step's
 * own plan, computes nothing and changes nothing. `BudgetTooSmall` names the smallest budget that works. Throws
 * `RangeError` for a budget that is not an amount of memory.
 */
export const fitPlan = <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  step: Step<P, A>,
  { budget: given, microBatches = 1, workers, speed = Speed.oneCore }: MemoryBudget,
): E.Either<BudgetTooSmall | RevError, Fit> => {
  const budget = byteSize(given)
  const predict = (plan: Plan) => predictLedger(net, { ...step, plan })
  // Use integer nanoseconds, so that sums are exact and equal stages cost the same in any order.
  const timeOf = (moment: Moment): number => Math.round(1e6 * Speed.msOf(speed, moment))
  const found = stagesOf(predict, timeOf)
  if (E.isLeft(found)) return found
  const { paths, stages, reversed } = found.right
  const around = surroundings(reversed, { microBatches, workers: workers ?? null })
  const peakIn = ({ moments }: Ledger): number =>
    around.peakWith(
      Math.max(
        around.given,
        ...moments.flatMap(({ phase, peak }) => (phase === "update" ? [] : [around.evaluated(peak)])),
      ),
    )

  const fit = (choices: ReadonlyArray<Choice>): E.Either<RevError, Fit> =>
    E.map((ledger: Ledger) => {
      const parts = costsIn(ledger, timeOf).flatMap(({ path, cost }, i) =>
        (stages[i]?.choices.length ?? 0) > 1
          ? [{ path, choice: choices[i] ?? "reverse", bytes: cost.held, ms: cost.time / 1e6 }]
          : [],
      )
      const peak = peakIn(ledger)
      return { budget, peak, ms: ledger.moments.reduce((sum, moment) => sum + timeOf(moment), 0) / 1e6, parts }
    })(predict(planFor(paths, choices)))

  // A neighbor after the next can cost one more activation than its stage says. Then lower the limit by the excess.
  for (let limit = budget; ;) {
    const fastest = fastestSchedule(stages, around.given, around.share(limit))
    if (O.isNone(fastest)) break
    const fitted = fit(fastest.value.choices)
    if (E.isLeft(fitted) || fitted.right.peak <= budget) return fitted
    limit = around.peakWith(fastest.value.peak) - (fitted.right.peak - budget)
  }
  const leanest = leanestSchedule(stages, around.given)
  const fitted = fit(O.isSome(leanest) ? leanest.value.choices : [])
  if (E.isLeft(fitted) || fitted.right.peak <= budget) return fitted
  return E.left(new BudgetTooSmall({ budget, smallest: fitted.right.peak, workers: workers ?? null }))
}
