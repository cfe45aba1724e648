/**
 * What the laws of bijections are tried on: a network with its parameters, inputs and codecs, whatever its values are.
 */
import { either as E } from "fp-ts"
import fc from "fast-check"
import type { Bijection } from "../src/core/Bijection.ts"
import type { Env, Run } from "../src/core/Env.ts"
import { run, type Program } from "../src/core/Program.ts"
import type { Side } from "../src/core/Side.ts"
import { isPlain } from "./bits.ts"

// ---------------------------------------------------------------- model

/** A bijection with all that its laws are tried on: parameters, inputs, codecs of both ends, and an environment. */
export interface Subject<in out P, in out A, in out B, in out S> {
  readonly name: string
  readonly bijection: Bijection<P, A, B, S>
  readonly params: P
  /** Each generated input is used once, then freed through the scope. */
  readonly inputs: fc.Arbitrary<A>
  readonly codec: { readonly input: Side<A>; readonly output: Side<B> }
  /** `hostEnv` for numbers and Float32Arrays. */
  readonly env: (run: Run<P>) => Env<P>
  readonly seed: number
  /** The samples of every input's batch. */
  readonly samples: ReadonlyArray<number>
  /** Bytes of a parameter, for leaves that JavaScript cannot read at once. */
  readonly leaf?: (leaf: unknown) => Promise<unknown>
}

// ---------------------------------------------------------- destructors

/** Runs a program of the subject; a `RevError` is thrown, and an input that the range guard refuses is no input. */
export const ask = async <P, A, B, S, X>(
  subject: Subject<P, A, B, S>,
  program: Program<P, X>,
  chosen: Partial<Run<P>> = {},
): Promise<X> => {
  const { params, seed, samples } = subject
  const result = await run(program)(subject.env({ params, seed, samples, ...chosen }))()
  if (E.isRight(result)) return result.right
  fc.pre(result.left._tag !== "GridOverflow")
  throw result.left
}

/** What is left of a value after a trip through its bytes. */
export const reread = async <X>(side: Side<X>, value: X): Promise<X> => {
  const result = await side.fromBytes(await side.toBytes(value)())()
  if (E.isLeft(result)) throw result.left
  return result.right
}

/** The evidence for a value: a copy of itself where JavaScript can read it, else its bytes. */
export const seen = async <X>(side: Side<X>, value: X): Promise<unknown> =>
  isPlain(value) ? structuredClone(value) : await side.toBytes(value)()

/** The evidence for every leaf of a parameter tree, by path. */
export const seenLeaves = async <P, A, B, S>(subject: Subject<P, A, B, S>, params: P): Promise<unknown> => {
  const look = subject.leaf ?? (async (leaf: unknown) => structuredClone(leaf))
  const found: [string, unknown][] = []
  for (const [path, leaf] of subject.bijection.params.leaves(params)) found.push([path, await look(leaf)])
  return found
}

/** The scope of a fresh environment, to free what a law has made. */
export const scopeOf = <P, A, B, S>({ env, params, seed, samples }: Subject<P, A, B, S>): Env<P>["scope"] =>
  env({ params, seed, samples }).scope
