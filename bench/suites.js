/** The benchmarks by name. */
import { budget } from "./suites/budget.js"
import { conv } from "./suites/conv.js"
import { kernels } from "./suites/kernels.js"
import { roundtrip } from "./suites/roundtrip.js"
import { step } from "./suites/step.js"
import { trunk } from "./suites/trunk.js"
import { workers } from "./suites/workers.js"

export const suites = { trunk, step, roundtrip, kernels, workers, budget, conv }
