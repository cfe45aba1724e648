import { Tagged } from "../../core/errors/Tagged.ts"

/** No plan keeps a training step within the memory budget. */
export class BudgetTooSmall extends Tagged<"BudgetTooSmall"> {
  readonly budget: number
  /** The smallest budget that works, in bytes. It ignores a few bytes of claims not yet read. */
  readonly smallest: number
  /** The number of workers that share the batch, or null if this thread computes alone. */
  readonly workers: number | null

  constructor(at: { budget: number; smallest: number; workers: number | null }) {
    const several = at.workers !== null && at.workers > 1
    super(
      "BudgetTooSmall",
      `A budget of ${at.budget} bytes is too small for this step${several ? ` by ${at.workers} workers` : ""}: it needs at least ${at.smallest}. Give at least that, or use ${several ? "fewer workers, which need less, or " : ""}a smaller batch or context.`,
    )
    this.budget = at.budget
    this.smallest = at.smallest
    this.workers = at.workers
  }
}
