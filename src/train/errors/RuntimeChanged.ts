import { runtimeName, type Runtime } from "../../tensor/Runtime.ts"
import { Tagged } from "../../core/errors/Tagged.ts"

/** A run that would go on with other kernels, another BLAS or another backend than it was begun with. */
export class RuntimeChanged extends Tagged<"RuntimeChanged"> {
  readonly step: number
  readonly before: Runtime
  readonly now: Runtime

  constructor({ step, before, now }: Pick<RuntimeChanged, "step" | "before" | "now">) {
    super(
      "RuntimeChanged",
      `This run computes on ${runtimeName(before)}, and step ${step} would be on ${runtimeName(now)}, which has other bits. Choose once, before the run; the parameters are those before the step.`,
    )
    this.step = step
    this.before = before
    this.now = now
  }
}
