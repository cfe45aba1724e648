/**
 * What tensors take beside the evaluation of a micro-batch: in this thread alone, or while workers share a batch.
 *
 * Alone, gradients of earlier micro-batches wait, and while two are added their sum stands beside them. With workers this thread has parameters,
 * moments and whatever else is alive; memory that all have holds parameters and sums of gradients; and every worker evaluates with parameters
 * and waiting gradients of its own.
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

/** What all threads take, by what one evaluation takes at its highest moment. */
export interface Surroundings {
  /** What an evaluation begins with. */
  readonly given: number
  /** What it takes at a moment of the step. */
  readonly evaluated: (moment: Bytes) => number
  /** The most bytes that all threads take at once. */
  readonly peakWith: (evaluation: number) => number
  /** The most that an evaluation may take for a peak of at most `budget`; less than nothing where there is none. */
  readonly share: (budget: number) => number
}

// --------------------------------------------------------- constructors

/** What surrounds the evaluations of a step that this thread is about to take. Throws `RangeError` for more workers than micro-batches. */
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
    // While a gradient is added to one that waited, their sum stands beside both; the input is gone.
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
