/** Side information does not fit the network that is to use it. */
export class SideMismatch extends Error {
  readonly _tag = "SideMismatch"

  /** @param sentence - names both parties, their numbers and the way out */
  constructor(sentence: string) {
    super(sentence)
    this.name = this._tag
  }
}
