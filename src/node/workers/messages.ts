/**
 * The messages between a pool of workers and its members. Large arrays are not in the messages, but in shared memory.
 */
import type { Plan } from "../../core/Plan.ts"
import type { ParameterLayout } from "../../tensor/values/ParameterLayout.ts"
import type { Runtime } from "../../tensor/Runtime.ts"
import type { PartialSum } from "../../train/treeSum.ts"
import type { PlainError } from "./PlainError.ts"

/** The data that a worker starts with. */
export interface Orders {
  /** The path of the user's module. */
  readonly module: string
  readonly export: string
  readonly argument: unknown
  /** The runtime of the thread that starts it. */
  readonly runtime: Runtime
  readonly size: number
  readonly seed: number
  readonly plan: Plan
}

/** A run [first, end) of the micro-batches of one step. */
export interface Question {
  readonly step: number
  readonly groups: ReadonlyArray<ReadonlyArray<number>>
  readonly run: readonly [first: number, end: number]
  readonly layout: ParameterLayout
  readonly parameters: Float32Array
  /** The arrays for the sums of the run's nodes, one per node. */
  readonly sums: ReadonlyArray<Float32Array>
}

/** The losses of the nodes, whose gradients are now in `sums`, and the most bytes of tensors meanwhile; or an error. */
export type Answer =
  | { readonly _tag: "Summed"; readonly nodes: ReadonlyArray<PartialSum<number>>; readonly peak: number }
  | { readonly _tag: "Refused"; readonly error: PlainError }
  | { readonly _tag: "Threw"; readonly reason: string }

/** The first message of a worker: it is ready, or it failed. */
export type Greeting =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Unable"; readonly kind: "UnusableInput" | "NativeUnavailable" | "Error"; readonly reason: string }
