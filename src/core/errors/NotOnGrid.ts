import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** A chain was given an input that is not a multiple of the grid's step. */
export class NotOnGrid extends Tagged<"NotOnGrid"> {
  readonly path: Path
  readonly step: number
  readonly fractionBits: number

  constructor(at: { path: Path; step: number; fractionBits: number }) {
    super(
      "NotOnGrid",
      `The input at ${showPath(at.path)}, step ${at.step}, is not a multiple of 2^-${at.fractionBits}. Round it with the space's quantize first.`,
    )
    this.path = at.path
    this.step = at.step
    this.fractionBits = at.fractionBits
  }
}
