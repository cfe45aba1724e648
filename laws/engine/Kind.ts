/**
 * The kinds of value that networks run on: on the host, or on a device.
 */
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import { hostEnv } from "../../src/exact/hostWatch.ts"

// ---------------------------------------------------------------- model

/** How a law runs programs on a kind of value, makes values from evidence, and counts what is held. */
export interface Kind {
  /** The environment of a run on such values. */
  readonly env: <P>(options: EnvOptions<P>) => Env<P>
  /** A new value from evidence (`look`) alone: no object of the value that was looked at is in it. */
  readonly make: (evidence: unknown) => unknown
  /** Runs one case and frees what it leaves. */
  readonly within: <A>(body: () => Promise<A>) => Promise<A>
  /** The number of distinct buffers that are held just now; null where a garbage collector frees. */
  readonly held: (() => number) | null
  /** What ran on the device, in order, with a digest of each result; null where nothing can be seen. */
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
