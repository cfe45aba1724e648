/**
 * A first part followed by equal parts, in a loop: ten thousand blocks do not overflow the stack or retain activations.
 */
import { either as E, function as F } from "fp-ts"
import type { Bijection, Pulled } from "./Bijection.ts"
import { Env } from "./Env.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import { ParameterMismatch } from "./errors/ParameterMismatch.ts"
import { SideMismatch } from "./errors/SideMismatch.ts"
import { Params } from "./Params.ts"
import type { Program } from "./Program.ts"
import type { RevError } from "./RevError.ts"
import { Side } from "./Side.ts"

/**
 * `chain(first, rest, n)` runs `first` at path 0, then `rest` at paths 1 to n - 1, with an array of n equal parameter
 * trees. Throws `RangeError` unless n is an integer of at least 1.
 */
export const chain = <P, A, B, S, U>(
  first: Bijection<P, A, B, S>,
  rest: Bijection<P, B, B, U>,
  n: number,
): Bijection<ReadonlyArray<P>, A, B, readonly [S, ReadonlyArray<U>]> => {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError(`The length of a chain must be an integer of at least 1, not ${JSON.stringify(n)}.`)
  const head = part<P>(0)
  const tail = loop(rest, 1, n)
  return {
    params: Params.array(n, first.params),
    side: Side.pair(first.side, Side.array(n - 1, rest.side)),
    forward: (a) => (env) =>
      F.pipe(
        head(env, first.forward(a)),
        E.chain(([b, s]) =>
          F.pipe(
            tail.forward(b, true)(env),
            E.map(([c, sides]) => [c, [s, sides]] as const),
          ),
        ),
      ),
    inverse:
      (c, [s, sides]) =>
      (env) =>
        F.pipe(
          tail.inverse(c, sides)(env),
          E.chain((b) => {
            const a = head(env, first.inverse(b, s))
            env.scope.release(b)
            return a
          }),
        ),
    infer: (a) => (env) =>
      F.pipe(
        head(env, first.infer(a)),
        E.chain((b) => tail.infer(b, true)(env)),
      ),
    pullback:
      (c, [s, sides], dc) =>
      (env) =>
        F.pipe(
          tail.pullback(c, sides, dc)(env),
          E.chain((back) =>
            back.cotangent === null
              ? E.left(new NotDifferentiable({ path: env.path, what: "The output of the first part" }))
              : F.pipe(
                  backwards(first, 0, back.input, s, back.cotangent)(env),
                  E.map(({ input, cotangent, grads }) => ({ input, cotangent, grads: [grads, ...back.grads] })),
                ),
          ),
        ),
  }
}

/** `pipe(f, repeat(n))` runs `f` n times, at paths 0 to n - 1, with an array of n parameter trees. */
export const repeat =
  (n: number) =>
  <P, A, S>(f: Bijection<P, A, A, S>): Bijection<ReadonlyArray<P>, A, A, ReadonlyArray<S>> => {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(`The number of repetitions must be an integer of at least 0, not ${n}.`)
    const all = loop(f, 0, n)
    return {
      params: Params.array(n, f.params),
      side: Side.array(n, f.side),
      forward: (a) => all.forward(a, false),
      inverse: all.inverse,
      infer: (a) => all.infer(a, false),
      pullback: all.pullback,
    }
  }

/** Runs `use` in the environment of part i. */
const part =
  <P>(i: number) =>
  <X>(env: Env<ReadonlyArray<P>>, use: (at: Env<P>) => E.Either<RevError, X>): E.Either<RevError, X> => {
    const params = env.params[i]
    return params === undefined
      ? E.left(
          new ParameterMismatch(
            `Part ${i} has no parameters: only ${env.params.length} parts were given. Use those that params.init makes for this network.`,
          ),
        )
      : use(Env.child(env, String(i), params))
  }

const backwards =
  <P, A, B, S>(
    f: Bijection<P, A, B, S>,
    i: number,
    b: B,
    side: S,
    cotangent: B,
  ): Program<ReadonlyArray<P>, Pulled<P, A>> =>
  (env) =>
    part<P>(i)(env, f.pullback(b, side, cotangent))

/** Runs parts `from` to `to` - 1; `owned` says that the first input may be freed. */
const loop = <P, A, S>(f: Bijection<P, A, A, S>, from: number, to: number) => {
  type Parts = ReadonlyArray<P>
  const sideOf = (sides: ReadonlyArray<S>, i: number): E.Either<RevError, S> =>
    i < sides.length && sides.length === to - from
      ? E.right(sides[i] as S) // in bounds; S itself may hold undefined
      : E.left(new SideMismatch(`${to - from} parts need ${to - from} sides, but ${sides.length} were given.`))

  const walk =
    <X>(each: (x: A, at: Env<P>) => E.Either<RevError, readonly [A, X]>) =>
    (a: A, owned: boolean): Program<Parts, readonly [A, ReadonlyArray<X>]> =>
    (env) => {
      let x = a
      const left: X[] = []
      for (let i = from; i < to; i++) {
        const next = part<P>(i)(env, (at) => each(x, at))
        if (E.isLeft(next)) return next
        if (i > from || owned) env.scope.release(x)
        x = next.right[0]
        left.push(next.right[1])
      }
      return E.right([from < to || owned ? x : env.scope.own(x), left])
    }

  return {
    forward: walk((x, at) => f.forward(x)(at)),
    infer:
      (a: A, owned: boolean): Program<Parts, A> =>
      (env) =>
        F.pipe(
          walk((x, at) =>
            F.pipe(
              f.infer(x)(at),
              E.map((y) => [y, null] as const),
            ),
          )(
            a,
            owned,
          )(env),
          E.map(([y]) => y),
        ),
    inverse:
      (b: A, sides: ReadonlyArray<S>): Program<Parts, A> =>
      (env) => {
        let x = b
        for (let i = to - 1; i >= from; i--) {
          const side = sideOf(sides, i - from)
          if (E.isLeft(side)) return side
          const before = part<P>(i)(env, f.inverse(x, side.right))
          if (E.isLeft(before)) return before
          if (i < to - 1) env.scope.release(x)
          x = before.right
        }
        return E.right(from < to ? x : env.scope.own(x))
      },
    pullback:
      (b: A, sides: ReadonlyArray<S>, db: A): Program<Parts, Pulled<Parts, A>> =>
      (env) => {
        let x = b
        let dx: A | null = db
        const grads: P[] = []
        for (let i = to - 1; i >= from; i--) {
          const side = sideOf(sides, i - from)
          if (E.isLeft(side)) return side
          if (dx === null) return E.left(new NotDifferentiable({ path: env.path, what: `The output of part ${i}` }))
          const pulled: E.Either<RevError, Pulled<P, A>> = backwards(f, i, x, side.right, dx)(env)
          if (E.isLeft(pulled)) return pulled
          x = pulled.right.input
          dx = pulled.right.cotangent
          grads.push(pulled.right.grads)
        }
        return E.right({ input: x, cotangent: dx, grads: grads.toReversed() })
      },
  }
}
