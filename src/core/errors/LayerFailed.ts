import { showPath, type Path } from "../Path.ts"

/** The code of a layer threw. */
export class LayerFailed extends Error {
  readonly _tag = "LayerFailed"
  readonly path: Path
  override readonly cause: unknown

  constructor(at: { path: Path; cause: unknown }) {
    super(
      `The layer at ${showPath(at.path)} failed: ${at.cause instanceof Error ? at.cause.message : String(at.cause)}`,
    )
    this.name = this._tag
    this.path = at.path
    this.cause = at.cause
  }
}
