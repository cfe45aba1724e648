import { runtimeName, type Runtime } from "../../tensor/Runtime.ts"

/** A run that would go on with other kernels, another BLAS or another backend than it was begun with. */
export class RuntimeChanged extends Error {
  readonly _tag = "RuntimeChanged"
  readonly step: number
  readonly before: Runtime
  readonly now: Runtime

  constructor({ step, before, now }: Pick<RuntimeChanged, "step" | "before" | "now">) {
    super(
      `This run computes on ${runtimeName(before)}, and step ${step} would be on ${runtimeName(now)}, which has other bits. Choose once, before the run; the parameters are those before the step.`,
    )
    this.name = this._tag
    this.step = step
    this.before = before
    this.now = now
  }
}
