/** Bytes that are no checkpoint, or not all of one. */
export class CheckpointDamaged extends Error {
  readonly _tag = "CheckpointDamaged"

  /** @param reason - what is wrong with which part, without a full stop */
  constructor(reason: string) {
    super(`This is no whole checkpoint: ${reason}. Use another copy.`)
    this.name = this._tag
  }
}
