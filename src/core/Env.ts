/**
 * All that a program may use: parameters, its address, randomness, the plan, and two capabilities.
 */
import type { Draw } from "./Draw.ts"
import { Key } from "./Key.ts"
import { Plan, type Choice } from "./Plan.ts"
import type { Path } from "./Path.ts"
import type { Scope } from "./Scope.ts"
import type { Place, Watch } from "./Watch.ts"

// ---------------------------------------------------------------- model

/**
 * What a program reads: the parameters of its part, its address and randomness, the plan, and who frees and who checks
 * its values.
 */
export interface Env<out P> {
  readonly params: P
  readonly path: Path
  /** Already folded with the step and with every name of the path. */
  readonly key: Key
  /** The training step, for messages. */
  readonly step: number
  /** Global ids of the samples in the batch, one for each place on the leading axis. */
  readonly samples: ReadonlyArray<number>
  /** Whether parts draw on the way back, or take the expectation, as `infer` does: so goes the `infer` of an inverse. */
  readonly draws: "sampled" | "expected"
  readonly plan: Plan
  readonly scope: Scope
  readonly watch: Watch
}

/** What a caller chooses; the capabilities belong to the kind of value the network runs on. */
export interface EnvOptions<out P> {
  readonly params: P
  readonly seed: number
  /** 0 unless given. */
  readonly step?: number
  /** `[0]` unless given. */
  readonly samples?: ReadonlyArray<number>
  /** Everything reversed unless given. */
  readonly plan?: Plan
}

/** Environments: `make` gives that of a whole network, `child` that of a part. */
export const Env = {
  // -------------------------------------------------------- constructors

  /** The environment of a whole network. */
  make: <P>(options: EnvOptions<P>, scope: Scope, watch: Watch): Env<P> => {
    const step = options.step ?? 0
    for (const id of [step, ...(options.samples ?? [])])
      if (!Number.isSafeInteger(id) || id < 0)
        throw new RangeError(`Steps and sample ids are non-negative integers below 2^53, not ${String(id)}.`)
    return {
      params: options.params,
      path: [],
      key: Key.step(step)(Key.fromSeed(options.seed)),
      step,
      samples: options.samples ?? [0],
      draws: "sampled",
      plan: options.plan ?? Plan.reversed,
      scope,
      watch,
    }
  },

  // --------------------------------------------------------- combinators

  /** The environment of the part called `name`, which has the parameters `params`. */
  child: <P>(env: Env<unknown>, name: string, params: P): Env<P> => ({
    ...env,
    params,
    path: [...env.path, name],
    key: Key.child(name)(env.key),
  }),

  // --------------------------------------------------------- destructors

  /** The draws called `name` at this place. */
  draw: (env: Env<unknown>, name: string): Draw => ({ key: Key.child(name)(env.key), samples: env.samples }),

  /** The place of a claim or an error. */
  place: ({ path, step }: Env<unknown>): Place => ({ path, step }),

  /** The plan's choice at this place, if it makes one. */
  choice: ({ plan, path }: Env<unknown>): Choice | undefined => Plan.at(plan, path),
}
