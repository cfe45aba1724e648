/**
 * The training step of `step.js` with a plan that was fitted to a budget.
 */
import { either as E } from "fp-ts"
import { Plan } from "bijou"
import { bytesOf, fitPlan, peakOf, planOf, predictLedger } from "bijou/train"
import { stepping } from "./step.js"

/** A budget `share` of the way from the least that works to what taping everything takes. */
const within = (share) => (network, step) => {
  const taped = right(predictLedger(network, { ...step, plan: Plan.taped }))
  const most = bytesOf(peakOf(taped).peak)
  const refused = fitPlan(network, step, { budget: 1 })
  if (E.isRight(refused) || refused.left._tag !== "BudgetTooSmall") throw new Error("one byte is no budget")
  const { smallest } = refused.left
  return planOf(right(fitPlan(network, step, { budget: Math.ceil(smallest + share * Math.max(0, most - smallest)) })))
}

const right = (result) => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

export const modes = {
  reversed: stepping(() => Plan.reversed),
  least: stepping(within(0)),
  third: stepping(within(1 / 3)),
  twoThirds: stepping(within(2 / 3)),
  taped: stepping(() => Plan.taped),
}
