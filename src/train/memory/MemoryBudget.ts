/**
 * Memory as a budget.
 */
import type { Speed } from "./Speed.ts"

// ---------------------------------------------------------------- model

/** What a budget is, and how fast the machine is taken to be. */
export interface MemoryBudget {
  /** The most that tensors may take at any moment of the step, those that have nothing to do with it included: `"64 MB"`, or a number of bytes. */
  readonly budget: string | number
  /** How many micro-batches like this step's a batch is, whose gradients are summed: 1 unless given. */
  readonly microBatches?: number
  /** How many workers share them, each with memory of its own; the budget is for all threads together. None but this thread unless given. */
  readonly workers?: number
  /** Operations of matrix products and bytes moved in a millisecond; those of one core unless given; `measureSpeed` finds this machine's. */
  readonly speed?: Speed
}
