/** No plan keeps a training step within a budget of memory. */
export class BudgetTooSmall extends Error {
  readonly _tag = "BudgetTooSmall"
  readonly budget: number
  /** A budget that works, in bytes; no smaller one does, but for the few bytes of claims not yet read. */
  readonly smallest: number

  constructor(at: { budget: number; smallest: number }) {
    super(
      `A budget of ${at.budget} bytes is too small for this step: the least that works is ${at.smallest}. Give at least that, or use a smaller batch or context.`,
    )
    this.name = this._tag
    this.budget = at.budget
    this.smallest = at.smallest
  }
}
