import { showPath, type Path } from "../Path.ts"
import { Tagged } from "./Tagged.ts"

/** An activation is NaN, or outside the range in which the grid is exact. */
export class GridOverflow extends Tagged<"GridOverflow"> {
  readonly path: Path
  readonly step: number
  /** The largest |x| of the activation, or NaN. */
  readonly value: number
  readonly limit: number
  readonly fractionBits: number

  constructor(at: { path: Path; step: number; value: number; fractionBits: number }) {
    const limit = 2 ** (24 - at.fractionBits)
    super(
      "GridOverflow",
      Number.isNaN(at.value)
        ? `An activation at ${showPath(at.path)}, step ${at.step}, is not a number. Look for infinities in the parameters or the input, or lower the learning rate.`
        : `|x| reached ${at.value} at ${showPath(at.path)}, step ${at.step}, but a grid of ${at.fractionBits} fraction bits is exact only below ${limit}. Use fewer fraction bits, or normalize the residual.`,
    )
    this.path = at.path
    this.step = at.step
    this.value = at.value
    this.limit = limit
    this.fractionBits = at.fractionBits
  }
}
