import { Tagged } from "./Tagged.ts"

/** A gradient is infinite or NaN. */
export class GradientNotFinite extends Tagged<"GradientNotFinite"> {
  /** The path, as `Params` names it, of the first parameter with such a gradient. */
  readonly parameter: string
  readonly step: number
  /** The largest |g| of the gradient: Infinity or NaN. */
  readonly value: number

  constructor(at: { parameter: string; step: number; value: number }) {
    super(
      "GradientNotFinite",
      `The gradient of the ${at.parameter === "" ? "only parameter" : `parameter ${at.parameter}`} at step ${at.step} is ${Number.isNaN(at.value) ? "not a number" : "infinite"}, so no step is taken. Look for an infinite derivative, such as that of a root at 0, or lower the learning rate.`,
    )
    this.parameter = at.parameter
    this.step = at.step
    this.value = at.value
  }
}
