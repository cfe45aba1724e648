/**
 * Presets for testing laws: seconds during development, much longer before a release.
 */
import type { JudgeOptions } from "./Law.ts"

// ---------------------------------------------------------------- model

/** The cost of a case: values on the host, values on a device, or a whole architecture with all of its laws. */
export type Cost = "host" | "device" | "architecture"

/** `quick` or `thorough`. */
export type Preset = "quick" | "thorough"

// ------------------------------------------------------------ instances

/** The two usual choices of options, by the cost of a case. */
export const presets: Readonly<Record<Preset, Readonly<Record<Cost, Partial<JudgeOptions>>>>> = {
  /** Takes seconds per subject. */
  quick: {
    host: { runs: 100, seconds: 5 },
    device: { runs: 20, seconds: 5 },
    architecture: { runs: 40, seconds: 10 },
  },
  /** Tries 10,000 cases per law on the host, 200 on a device, and 200 architectures. */
  thorough: { host: { runs: 10_000 }, device: { runs: 200 }, architecture: { runs: 200 } },
}
