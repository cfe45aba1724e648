import { runtimeName, type Runtime } from "../../tensor/Runtime.ts"
import { Tagged } from "../../core/errors/Tagged.ts"

/** A run would continue with other kernels, another BLAS or another backend than it started with. */
export class RuntimeChanged extends Tagged<"RuntimeChanged"> {
  readonly step: number
  readonly before: Runtime
  readonly now: Runtime

  constructor({ step, before, now }: Pick<RuntimeChanged, "step" | "before" | "now">) {
    super(
      "RuntimeChanged",
      `This run computes on ${runtimeName(before)}, but step ${step} would compute on ${runtimeName(now)}, which gives other bits. Choose one before the run; the parameters are those before the step.`,
    )
    this.step = step
    this.before = before
    this.now = now
  }
}
