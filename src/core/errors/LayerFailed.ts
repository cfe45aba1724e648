import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** The code of a layer threw. */
export class LayerFailed extends Tagged<"LayerFailed"> {
  readonly path: Path
  override readonly cause: unknown

  constructor(at: { path: Path; cause: unknown }) {
    super(
      "LayerFailed",
      `The layer at ${showPath(at.path)} failed: ${at.cause instanceof Error ? at.cause.message : String(at.cause)}`,
    )
    this.path = at.path
    this.cause = at.cause
  }
}
