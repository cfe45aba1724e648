import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** What was rebuilt on the way back is not what the way forth had. */
export class Irreversible extends Tagged<"Irreversible"> {
  readonly path: Path
  readonly step: number

  constructor(at: { path: Path; step: number }) {
    super(
      "Irreversible",
      `The activations rebuilt down to ${showPath(at.path)}, step ${at.step}, are not those of the forward pass. Look for a residual whose bits differ between two calls, or side information or a key changed in between.`,
    )
    this.path = at.path
    this.step = at.step
  }
}
