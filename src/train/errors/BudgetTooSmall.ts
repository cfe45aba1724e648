import { Tagged } from "../../core/errors/Tagged.ts"

/** No plan keeps a training step within a budget of memory. */
export class BudgetTooSmall extends Tagged<"BudgetTooSmall"> {
  readonly budget: number
  /** A budget that works, in bytes; no smaller one does, but for the few bytes of claims not yet read. */
  readonly smallest: number
  /** The workers that share the batch; null where this thread is alone. */
  readonly workers: number | null

  constructor(at: { budget: number; smallest: number; workers: number | null }) {
    const several = at.workers !== null && at.workers > 1
    super(
      "BudgetTooSmall",
      `A budget of ${at.budget} bytes is too small for this step${several ? ` by ${at.workers} workers` : ""}: the least that works is ${at.smallest}. Give at least that, or use ${several ? "fewer workers, which need less, or " : ""}a smaller batch or context.`,
    )
    this.budget = at.budget
    this.smallest = at.smallest
    this.workers = at.workers
  }
}
