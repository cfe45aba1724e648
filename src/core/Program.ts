/**
 * Computations that read an environment and may fail with a `RevError`.
 */
import { either as E, type readerEither as RE, type taskEither as TE } from "fp-ts"
import type { Env } from "./Env.ts"
import { LayerFailed } from "./errors/LayerFailed.ts"
import { isRevError, type RevError } from "./RevError.ts"
import type { Part } from "./Scope.ts"
import { Side } from "./Side.ts"
import { orThrow } from "./orThrow.ts"

// ---------------------------------------------------------------- model

/** A computation with parameters `P` that returns `A`, or `Left` of a `RevError`. Run it with `run` or `runPromise`. */
export type Program<P, A> = RE.ReaderEither<Env<P>, RevError, A>

// --------------------------------------------------------- constructors

/**
 * Turns ordinary code into a program that frees what it made but did not return. If the code throws a `RevError`, the
 * program returns it as `Left`; anything else that is thrown becomes `LayerFailed` at this path.
 */
export const attempt = <P, A>(body: (env: Env<P>) => A): Program<P, A> => attemptAs(body)

/** `attempt` for a forward pass; `side` is the codec of its side, which shows ledgers what the side contains. */
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
 * Runs a program, then settles its watch with one read. Only this read waits for the device.
 *
 * If a claim fails, frees the result of the program.
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

/** Runs a program as a promise that rejects with the `RevError`, for code without fp-ts. */
export const runPromise =
  <P, A>(program: Program<P, A>) =>
  async (env: Env<P>): Promise<A> =>
    orThrow(await run(program)(env)())
