/** Training steps of a GPT whose memory is a budget, from the least that works to what taping everything takes. */
import type { Suite } from "../Suite.ts"
import { gptSteps } from "./step.ts"

export const budget: Suite = gptSteps(
  "budget",
  " within a budget of memory, from the least that works over a third and two thirds of the way to all taped",
  ["reversed", "least", "third", "twoThirds"],
  "taped",
)
