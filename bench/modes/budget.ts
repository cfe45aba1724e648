/**
 * The training step of `step.ts` with a plan that was fitted to a budget.
 */
import { either as E } from "fp-ts"
import { Plan } from "bijou"
import { bytesOf, fitPlan, planOf, predictLedger } from "bijou/net"
import { peakOf } from "../../src/train/memory/Ledger.ts"
import { orThrow } from "../../src/core/orThrow.ts"
import type { Modes } from "../Mode.ts"
import { stepping, type Choose } from "./step.ts"

/** A budget `share` of the way from the least that works to what taping everything takes. */
const within =
  (share: number): Choose =>
  (network, step) => {
    const peak = peakOf(orThrow(predictLedger(network, { ...step, plan: Plan.taped })))
    if (peak === null) throw new Error("the network has no part")
    const most = bytesOf(peak.peak)
    const refused = fitPlan(network, step, { budget: 1 })
    if (E.isRight(refused) || refused.left._tag !== "BudgetTooSmall") throw new Error("one byte is no budget")
    const { smallest } = refused.left
    const budget = Math.ceil(smallest + share * Math.max(0, most - smallest))
    return planOf(orThrow(fitPlan(network, step, { budget })))
  }

export const modes: Modes = {
  reversed: stepping(() => Plan.reversed),
  least: stepping(within(0)),
  third: stepping(within(1 / 3)),
  twoThirds: stepping(within(2 / 3)),
  taped: stepping(() => Plan.taped),
}
