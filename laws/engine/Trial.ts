/**
 * Trials: one case of a law, with its parameters, an environment for every program, and a scope that frees everything.
 */
import { either as E } from "fp-ts"
import fc from "fast-check"
import type { Bijection } from "../../src/core/Bijection.ts"
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import { Key } from "../../src/core/Key.ts"
import { Params } from "../../src/core/Params.ts"
import { run, type Program } from "../../src/core/Program.ts"
import type { RevError } from "../../src/core/RevError.ts"
import type { Side } from "../../src/core/Side.ts"
import { floatsLike, floatsOf, free, look, mapFloats, readablesIn } from "./evidence.ts"
import type { Kind } from "./Kind.ts"
import { kindOf } from "./kindOf.ts"
import type { Tried } from "./Subject.ts"
import { orThrow } from "../../src/core/orThrow.ts"

// ---------------------------------------------------------------- model

/** What a case has besides its input: the seed of parameters and draws. */
export interface Seeded {
  readonly seed: number
}

/** A case of one input. */
export interface Case<A> extends Seeded {
  readonly a: A
}

/** What a law can do in one case. */
export interface Trial<P, A> {
  readonly kind: Kind
  readonly params: P
  readonly samples: (a: A) => ReadonlyArray<number>
  readonly env: (a: A, chosen?: Partial<EnvOptions<P>>) => Env<P>
  /** Runs a program on the samples of `a`. Throws a `RevError`; skips an input that leads out of the range. */
  readonly ask: <X>(a: A, program: Program<P, X>, chosen?: Partial<EnvOptions<P>>) => Promise<X>
  /** Runs a program and returns the `RevError`. */
  readonly attempt: <X>(a: A, program: Program<P, X>, chosen?: Partial<EnvOptions<P>>) => Promise<E.Either<RevError, X>>
  /** Copies a value by its bits alone. */
  readonly reread: <X>(value: X) => Promise<X>
  /** The evidence for every leaf of a parameter tree, by path. */
  readonly leaves: (params: P) => Promise<unknown>
  /** Makes a cotangent of the shape of this value from a seed; seed 0 gives ones. */
  readonly cotangent: <X>(like: X, seed: number) => Promise<X>
}

// --------------------------------------------------------- constructors

/** Cases of one input. */
export const casesOf = <P, A>({ inputs }: Tried<P, A>): fc.Arbitrary<Case<A>> =>
  fc.record({ a: inputs, seed: fc.maxSafeNat() })

/** Runs `body` in a trial of a part with these parameters, on the kind of value of `example`. */
export const inTrial = async <P, A, R>(
  tried: Tried<P, A>,
  params: Params<P>,
  { seed }: Seeded,
  example: unknown,
  body: (trial: Trial<P, A>) => Promise<R>,
): Promise<R> => {
  const kind = tried.kind ?? (await kindIn(tried, params, example))
  return kind.within(async () => {
    const drawn = draw(tried, params, seed)
    return body(
      open(tried, params, tried.params === undefined ? await moved(params, drawn, seed, kind) : drawn, seed, kind),
    )
  })
}

const open = <P, A>(tried: Tried<P, A>, tree: Params<P>, params: P, seed: number, kind: Kind): Trial<P, A> => {
  const samples = tried.samples ?? sampleIds
  const env = (a: A, chosen: Partial<EnvOptions<P>> = {}) =>
    (tried.env ?? kind.env)({ params, seed, samples: samples(a), ...chosen })
  const attempt = <X>(a: A, program: Program<P, X>, chosen?: Partial<EnvOptions<P>>) => run(program)(env(a, chosen))()
  return {
    kind,
    params,
    samples,
    env,
    attempt,
    ask: async (a, program, chosen) => {
      const result = await attempt(a, program, chosen)
      if (E.isRight(result)) return result.right
      fc.pre(result.left._tag !== "GridOverflow" || Number.isNaN(result.left.value))
      throw result.left
    },
    reread: async <X>(value: X) => kind.make(await look(value)) as X, // the same bits, structure and kind
    leaves: async (p) => {
      const found: [string, unknown][] = []
      for (const [path, leaf] of tree.leaves(p)) found.push([path, await look(leaf)])
      return found
    },
    // Of the same structure.
    cotangent: async <X>(like: X, drawn: number) => kind.make(floatsLike(await look(like), drawn)) as X,
  }
}

const draw = <P, A>({ params }: Tried<P, A>, tree: Params<P>, seed: number): P => {
  const key = Key.child("parameters")(Key.fromSeed(seed))
  if (params === undefined) return tree.init(key)
  return typeof params === "function" ? (params as (key: Key) => P)(key) : params // a parameter tree is no function
}

/** Makes parameters and moves them by up to 0.2, since biases of 0 and gains of 1 could hide an error. */
const moved = async <P>(tree: Params<P>, params: P, seed: number, kind: Kind): Promise<P> => {
  const leaves = tree.leaves(params)
  const values: unknown[] = []
  for (const [, leaf] of leaves) values.push(await look(leaf))
  const steps = floatsOf(floatsLike(values, seed))
  const after = mapFloats(values, (x, i) => Math.fround(x + 0.1 * (steps[i] ?? 0))) as unknown[] // as `values` is
  free(leaves)
  return orThrow(Params.fromLeaves(tree, new Map(leaves.map(([path], i) => [path, kind.make(after[i])]))))
}

/** The kind of the parameters matters if no input is a tensor. */
const kindIn = async <P, A>(tried: Tried<P, A>, tree: Params<P>, example: unknown): Promise<Kind> => {
  if (readablesIn(example).length > 0) return kindOf(example)
  const params = draw(tried, tree, 0)
  const leaves = tree.leaves(params).map(([, leaf]) => leaf)
  if (params !== tried.params) free(leaves)
  return kindOf(leaves)
}

/** Sample ids that are neither consecutive nor in order, as in a shuffled batch. */
export const sampleIds = (a: unknown): ReadonlyArray<number> => {
  const length = readablesIn(a)[0]?.shape[0] ?? 1
  return Array.from({ length }, (_, place) => 7 * (length - place) - 2)
}

// ---------------------------------------------------------- destructors

/** Writes a side to bytes and reads it again. */
export const rereadSide = async <S>(side: Side<S>, value: S): Promise<S> =>
  orThrow(await side.fromBytes(await side.toBytes(value)())())

/** The bytes of a side, as evidence. */
export const seenSide = <P, A, B, S>({ side }: Bijection<P, A, B, S>, value: S): Promise<Uint8Array> =>
  side.toBytes(value)()
