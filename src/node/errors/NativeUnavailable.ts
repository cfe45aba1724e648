/** Native speed cannot be had here: a package, a library, a download or a folder is missing. The command ends with exit code 2. */
export class NativeUnavailable extends Error {
  readonly _tag = "NativeUnavailable"

  /** @param sentence - names what is missing and the way out */
  constructor(sentence: string) {
    super(sentence)
    this.name = this._tag
  }
}
