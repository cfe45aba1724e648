/**
 * The memory that tensors take besides the evaluation of a micro-batch: in this thread alone, or while workers share a
 * batch.
 *
 * In one thread, the gradients of earlier micro-batches wait, and adding two of them allocates their sum. With workers,
 * this thread holds the parameters, the moments and whatever else is alive. Shared memory holds parameters and sums of
 * gradients. Every worker evaluates with its own parameters and waiting gradients.
 */
import { buffers } from "../../tensor/values/buffers.ts"
import { bytesOf, type Bytes, type Ledger } from "./Ledger.ts"
import { runs } from "../microBatches.ts"
import { nodesIn } from "../treeSum.ts"

// ---------------------------------------------------------------- model

/** How a batch is evaluated. */
export interface Sharing {
  readonly microBatches: number
  readonly workers: number | null
}

/** The memory of all threads, given the highest moment of one evaluation. */
export interface Surroundings {
  /** The bytes before an evaluation. */
  readonly given: number
  /** The bytes of an evaluation at a moment of the step. */
  readonly evaluated: (moment: Bytes) => number
  /** The most bytes that all threads take together. */
  readonly peakWith: (evaluation: number) => number
  /** The most bytes that an evaluation may take for a peak of at most `budget`. Negative if there is none. */
  readonly share: (budget: number) => number
}

// --------------------------------------------------------- constructors

/**
 * Returns what surrounds the evaluations of a step that this thread is about to take. Throws `RangeError` for more
 * workers than micro-batches.
 */
export const surroundings = ({ start, moments }: Ledger, { microBatches, workers }: Sharing): Surroundings => {
  const { parameters, input, optimizer } = start
  const alone = workers === null
  const outside = buffers().bytes - bytesOf(start)
  const given = bytesOf(start) - (alone ? 0 : optimizer)
  const parts = runs(microBatches, workers ?? 1)
  const shared = alone ? 0 : parameters * parts.reduce((sum, run) => sum + nodesIn(run).left, 1)
  const beside = outside + shared + (alone ? 0 : bytesOf(start) - input)
  const threads = parts.map((run) => {
    const { waiting } = nodesIn(run)
    // Adding a gradient to a waiting one allocates their sum. The input is freed by then.
    return {
      waiting: parameters * waiting,
      adding: run[1] - run[0] > 1 ? given - input + parameters * (waiting + 2) : 0,
    }
  })
  const updates = moments.filter(({ phase }) => phase === "update").map(({ peak }) => bytesOf(peak))
  const updating = Math.max(0, ...updates) + outside + shared - (alone ? 0 : input)
  const peakWith = (evaluation: number): number =>
    Math.max(
      updating,
      threads.reduce((sum, { waiting, adding }) => sum + Math.max(adding, waiting + evaluation), beside),
    )
  return {
    given,
    evaluated: (bytes) => bytesOf(bytes) - (alone ? 0 : bytes.optimizer),
    peakWith,
    share: (budget) => {
      let [fits, fails] = [-1, budget + 1]
      while (fails - fits > 1) {
        const middle = fits + Math.floor((fails - fits) / 2)
        if (peakWith(middle) <= budget) fits = middle
        else fails = middle
      }
      return fits
    },
  }
}
