import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** A cotangent is needed that does not exist. */
export class NotDifferentiable extends Tagged<"NotDifferentiable"> {
  readonly path: Path
  readonly what: string

  constructor(at: { path: Path; what: string }) {
    super(
      "NotDifferentiable",
      `${at.what} at ${showPath(at.path)} has no cotangent. Move the parts that need a gradient after it.`,
    )
    this.path = at.path
    this.what = at.what
  }
}
