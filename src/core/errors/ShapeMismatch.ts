/** Two parties disagree on a shape. */
export class ShapeMismatch extends Error {
  readonly _tag = "ShapeMismatch"

  /** @param sentence - names both parties, their numbers and the way out */
  constructor(sentence: string) {
    super(sentence)
    this.name = this._tag
  }
}
