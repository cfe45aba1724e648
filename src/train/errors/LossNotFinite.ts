import { Tagged } from "../../core/errors/Tagged.ts"

/** The loss is infinite or NaN. */
export class LossNotFinite extends Tagged<"LossNotFinite"> {
  readonly step: number
  readonly value: number

  constructor(at: { step: number; value: number }) {
    super(
      "LossNotFinite",
      `The loss at step ${at.step} is ${at.value}. Lower the learning rate; the parameters are those before the step.`,
    )
    this.step = at.step
    this.value = at.value
  }
}
