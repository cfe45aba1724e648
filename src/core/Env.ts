/**
 * The environment of a program: its parameters, path, key, samples and plan, and its `Scope` and `Watch`.
 */
import type { Draw } from "./Draw.ts"
import { Key } from "./Key.ts"
import { Plan, type Choice } from "./Plan.ts"
import type { Path } from "./Path.ts"
import type { Scope } from "./Scope.ts"
import type { Place, Watch } from "./Watch.ts"

// ---------------------------------------------------------------- model

/**
 * What a program reads: the parameters of its part, its path and randomness, the plan, a scope that frees its values
 * and a watch that checks them.
 */
export interface Env<out P> {
  readonly params: P
  readonly path: Path
  /** Folded with the step and with every name of the path. */
  readonly key: Key
  /** The training step, used in messages. */
  readonly step: number
  /** Global ids of the samples in the batch, one for each index of the leading axis. */
  readonly samples: ReadonlyArray<number>
  /** Whether an inverse draws random numbers or uses their expectation; `infer` of an inverted bijection does that. */
  readonly draws: "sampled" | "expected"
  readonly plan: Plan
  readonly scope: Scope
  readonly watch: Watch
}

/** What the caller chooses. Scope and watch depend on the kind of value that the network runs on. */
export interface EnvOptions<out P> {
  readonly params: P
  readonly seed: number
  /** Default: 0. */
  readonly step?: number
  /** Default: `[0]`. */
  readonly samples?: ReadonlyArray<number>
  /** Default: every part is reversed. */
  readonly plan?: Plan
}

/** Environments of networks (`make`) and of their parts (`child`). */
export const Env = {
  // -------------------------------------------------------- constructors

  /** Makes the environment of a whole network. */
  make: <P>(options: EnvOptions<P>, scope: Scope, watch: Watch): Env<P> => {
    const step = options.step ?? 0
    for (const id of [step, ...(options.samples ?? [])])
      if (!Number.isSafeInteger(id) || id < 0)
        throw new RangeError(`Steps and sample ids must be non-negative integers below 2^53, not ${String(id)}.`)
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

  /** Derives the environment of the part called `name` with parameters `params`. */
  child: <P>(env: Env<unknown>, name: string, params: P): Env<P> => ({
    ...env,
    params,
    path: [...env.path, name],
    key: Key.child(name)(env.key),
  }),

  // --------------------------------------------------------- destructors

  /** Derives the draws called `name` at this path. */
  draw: (env: Env<unknown>, name: string): Draw => ({ key: Key.child(name)(env.key), samples: env.samples }),

  /** The place to name in a claim or an error. */
  place: ({ path, step }: Env<unknown>): Place => ({ path, step }),

  /** The plan's choice at this path, if it has one. */
  choice: ({ plan, path }: Env<unknown>): Choice | undefined => Plan.at(plan, path),
}
