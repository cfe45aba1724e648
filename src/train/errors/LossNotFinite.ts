/** The loss is infinite or not a number. */
export class LossNotFinite extends Error {
  readonly _tag = "LossNotFinite"
  readonly step: number
  readonly value: number

  constructor(at: { step: number; value: number }) {
    super(
      `The loss at step ${at.step} is ${at.value}. Lower the learning rate; the parameters are those before the step.`,
    )
    this.name = this._tag
    this.step = at.step
    this.value = at.value
  }
}
