/** The benchmarks by name. */
import { kernels } from "./suites/kernels.js"
import { roundtrip } from "./suites/roundtrip.js"
import { step } from "./suites/step.js"
import { trunk } from "./suites/trunk.js"

export const suites = { trunk, step, roundtrip, kernels }
