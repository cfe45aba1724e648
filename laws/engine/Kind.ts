/**
 * The kinds of value that networks run on: on the host, or on a device.
 */
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import { hostEnv } from "../../src/exact/hostWatch.ts"

// ---------------------------------------------------------------- model

/** How a law runs programs on a kind of value, makes values from evidence, and counts live buffers. */
export interface Kind {
  /** Makes the environment of a run on such values. */
  readonly env: <P>(options: EnvOptions<P>) => Env<P>
  /** Makes a new value from evidence (`look`) alone: it shares no object with the original value. */
  readonly make: (evidence: unknown) => unknown
  /** Runs one case and frees what remains. */
  readonly within: <A>(body: () => Promise<A>) => Promise<A>
  /** The current number of distinct live buffers; null if a garbage collector frees them. */
  readonly held: (() => number) | null
  /**
   * The kernels that ran on the device, in order, each with a digest of its result; null if they cannot be observed.
   */
  readonly trace: ((body: () => void) => Promise<ReadonlyArray<Step>>) | null
}

/** One kernel that ran, and a digest of its results. */
export interface Step {
  readonly kernel: string
  readonly digest: string
}

// ------------------------------------------------------------ instances

/** Numbers and typed arrays, in arrays and records. */
export const hostKind: Kind = {
  env: hostEnv,
  make: (evidence) => structuredClone(evidence),
  within: (body) => body(),
  held: null,
  trace: null,
}
