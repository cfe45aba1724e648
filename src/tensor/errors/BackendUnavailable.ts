/** A backend cannot start here: a package, a driver or a device is missing. */
export class BackendUnavailable extends Error {
  readonly _tag = "BackendUnavailable"

  /** @param sentence - names what is missing and the way out */
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = this._tag
  }
}
