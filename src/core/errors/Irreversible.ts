import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** The activations that the backward pass rebuilt differ from those of the forward pass. */
export class Irreversible extends Tagged<"Irreversible"> {
  readonly path: Path
  readonly step: number

  constructor(at: { path: Path; step: number }) {
    super(
      "Irreversible",
      `The activations rebuilt down to ${showPath(at.path)}, step ${at.step}, differ from those of the forward pass. Look for a residual whose bits differ between two calls, or for side information or a key that changed in between.`,
    )
    this.path = at.path
    this.step = at.step
  }
}
