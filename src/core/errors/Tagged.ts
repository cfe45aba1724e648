/** An error with a tag, by which a union of errors is matched; its name is its tag. */
export abstract class Tagged<Tag extends string> extends Error {
  readonly _tag: Tag

  constructor(tag: Tag, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this._tag = tag
    this.name = tag
  }
}
