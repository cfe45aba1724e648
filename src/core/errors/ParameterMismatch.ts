/** Parameters do not fit the network that is to use them. */
export class ParameterMismatch extends Error {
  readonly _tag = "ParameterMismatch"

  /** @param sentence - names the parameter and the way out */
  constructor(sentence: string) {
    super(sentence)
    this.name = this._tag
  }
}
