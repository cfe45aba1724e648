/**
 * A computation that reads an environment and may end in a `RevError`.
 */
import { either as E, type readerEither as RE, type taskEither as TE } from "fp-ts"
import type { Env } from "./Env.ts"
import { LayerFailed } from "./errors/LayerFailed.ts"
import { isRevError, type RevError } from "./RevError.ts"
import type { Part } from "./Scope.ts"
import { Side } from "./Side.ts"
import { orThrow } from "./orThrow.ts"

// ---------------------------------------------------------------- model

/** A computation with parameters `P` that ends in `A`, or in `Left` of a `RevError`; `run` and `runPromise` run it. */
export type Program<P, A> = RE.ReaderEither<Env<P>, RevError, A>

// --------------------------------------------------------- constructors

/**
 * The program of ordinary code, which frees what it made but did not return: a thrown `RevError` is its end, and anything
 * else thrown is `LayerFailed` at this path.
 */
export const attempt = <P, A>(body: (env: Env<P>) => A): Program<P, A> => attemptAs(body)

/** `attempt` for a forward pass: `side` is the codec of what it leaves, so that ledgers know what that is made of. */
export const attemptForward = <P, B, S>(
  side: Side<S>,
  body: (env: Env<P>) => readonly [b: B, side: S],
): Program<P, readonly [b: B, side: S]> =>
  attemptAs(body, ([output, left]) => ({ output, contents: Side.contents(side, left) }))

const attemptAs =
  <P, A>(body: (env: Env<P>) => A, forward?: Part<A>["forward"]): Program<P, A> =>
  (env) => {
    try {
      const part = forward === undefined ? { path: env.path } : { path: env.path, forward }
      return E.right(env.scope.within(() => body(env), part))
    } catch (cause) {
      return E.left(isRevError(cause) ? cause : new LayerFailed({ path: env.path, cause }))
    }
  }

// ---------------------------------------------------------- destructors

/**
 * Runs a program, then settles its watch with one read: the only place that waits.
 *
 * What the program returned is freed if a claim did not hold.
 */
export const run =
  <P, A>(program: Program<P, A>) =>
  (env: Env<P>): TE.TaskEither<RevError, A> =>
  async () => {
    const result = env.scope.within(() => program(env))
    const evidence = await env.watch.settle()
    if (E.isLeft(result)) return result
    if (E.isLeft(evidence)) {
      env.scope.release(result.right)
      return evidence
    }
    return result
  }

/** `run` as a promise that rejects with the `RevError`, for code without fp-ts. */
export const runPromise =
  <P, A>(program: Program<P, A>) =>
  async (env: Env<P>): Promise<A> =>
    orThrow(await run(program)(env)())
