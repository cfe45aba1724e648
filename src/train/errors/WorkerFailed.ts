/** A worker was lost, or code of the user threw in it. */
export class WorkerFailed extends Error {
  readonly _tag = "WorkerFailed"
  /** From 1. */
  readonly worker: number
  readonly step: number
  readonly reason: string

  constructor(at: { worker: number; step: number; reason: string }) {
    super(
      `Worker ${at.worker} failed at step ${at.step}: ${at.reason.replace(/\.$/, "")}. The parameters are those before the step.`,
    )
    this.name = this._tag
    this.worker = at.worker
    this.step = at.step
    this.reason = at.reason
  }
}
