/**
 * The memory budget of a training step.
 */
import type { Speed } from "./Speed.ts"

// ---------------------------------------------------------------- model

/** A budget, and the assumed speed of the machine. */
export interface MemoryBudget {
  /**
   * The most bytes that all tensors may take at any moment of the step, unrelated ones included: `"64 MB"`, or a number
   * of bytes.
   */
  readonly budget: string | number
  /** The number of micro-batches per batch, whose gradients are summed. The default is 1. */
  readonly microBatches?: number
  /**
   * The number of workers that share them, each with its own memory. The budget covers all threads. By default this
   * thread computes alone.
   */
  readonly workers?: number
  /**
   * The speed in operations of matrix products and bytes moved per millisecond. The default is that of one core.
   * `measureSpeed` measures this machine.
   */
  readonly speed?: Speed
}
