/**
 * How hard laws are tried: in seconds while a block is written, and for long before it is trusted.
 */
import type { Budget } from "./Law.ts"

/** The two usual budgets, for values on the host and for values on a device. */
export const presets = {
  /** Seconds for a subject. */
  quick: { host: { runs: 100, seconds: 5 }, device: { runs: 20, seconds: 5 } },
  /** 10,000 cases a law on the host, 200 on a device. */
  thorough: { host: { runs: 10_000 }, device: { runs: 200 } },
} satisfies Readonly<Record<string, Readonly<Record<"host" | "device", Partial<Budget>>>>>

/** `quick` or `thorough`. */
export type Preset = keyof typeof presets
