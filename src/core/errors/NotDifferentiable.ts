import { showPath, type Path } from "../Path.ts"

/** A cotangent was asked for where there is none. */
export class NotDifferentiable extends Error {
  readonly _tag = "NotDifferentiable"
  readonly path: Path
  readonly what: string

  constructor(at: { path: Path; what: string }) {
    super(`${at.what} at ${showPath(at.path)} has no cotangent. Put parts that need a gradient after it.`)
    this.name = this._tag
    this.path = at.path
    this.what = at.what
  }
}
