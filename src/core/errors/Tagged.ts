/** An error with a tag, which distinguishes it in a union of errors and is also its name. */
export abstract class Tagged<Tag extends string> extends Error {
  readonly _tag: Tag

  constructor(tag: Tag, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this._tag = tag
    this.name = tag
  }
}
