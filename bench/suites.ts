/** The benchmarks by name. */
import { budget } from "./suites/budget.ts"
import { conv } from "./suites/conv.ts"
import { kernels } from "./suites/kernels.ts"
import { roundtrip } from "./suites/roundtrip.ts"
import { step } from "./suites/step.ts"
import { trunk } from "./suites/trunk.ts"
import { workers } from "./suites/workers.ts"

export const suites = { trunk, step, roundtrip, kernels, workers, budget, conv }
