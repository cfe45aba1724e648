/** Training ended before its last step; nothing of the steps before is lost. */
export class TrainingStopped<out Trained extends { readonly steps: number }> extends Error {
  readonly _tag = "TrainingStopped"
  override readonly name = "TrainingStopped"
  /** What ended it: a `TrainError`, or what the data, the report or the evaluation threw. */
  override readonly cause: unknown
  /** The network after the last step that was taken. The caller frees it. */
  readonly trained: Trained

  constructor(at: { readonly cause: unknown; readonly trained: Trained }) {
    const reason = at.cause instanceof Error ? at.cause.message : String(at.cause)
    super(
      `${reason.replace(/[^.!?]$/, "$&.")} This error's field trained has the network after step ${at.trained.steps}.`,
    )
    this.cause = at.cause
    this.trained = at.trained
  }
}
