import { Tagged } from "../../core/errors/Tagged.ts"

/** A worker exited, or user code threw in it. */
export class WorkerFailed extends Tagged<"WorkerFailed"> {
  /** Counted from 1. */
  readonly worker: number
  readonly step: number
  readonly reason: string

  constructor(at: { worker: number; step: number; reason: string }) {
    super(
      "WorkerFailed",
      `Worker ${at.worker} failed at step ${at.step}: ${at.reason.replace(/\.$/, "")}. The parameters are those before the step.`,
    )
    this.worker = at.worker
    this.step = at.step
    this.reason = at.reason
  }
}
