/**
 * Turns any layer into a bijection whose side is its input. This is gradient checkpointing, or ordinary backpropagation
 * if the plan says `tape`.
 *
 * Its pullback evaluates the layer again and claims that the value equals the given output. So the input that a
 * reversed chain after `keep` rebuilds is checked against the value that the chain started from.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { Env } from "./Env.ts"
import { keptSide, type Kept } from "./Held.ts"
import type { Layer, Recorded } from "./Layer.ts"
import { attempt, attemptForward } from "./Program.ts"
import type { Side } from "./Side.ts"

/** Keeps the input of `layer`; `side` is its codec. The pullback costs one evaluation, or none with a tape. */
export const keep =
  <A>(side: Side<A>) =>
  <P, B>(layer: Layer<P, A, B>): Bijection<P, A, B, Kept<A, Recorded<P, A, B>>> => {
    const draw = (env: Env<P>) => O.some(Env.draw(env, "layer"))
    const kept = keptSide<A, Recorded<P, A, B>>(side)
    return {
      params: layer.params,
      side: kept,
      forward: (a) =>
        attemptForward(kept, (env: Env<P>) => {
          const input = env.scope.own(a)
          if (Env.choice(env) !== "tape") return [layer.apply(env.params, a, draw(env)), { _tag: "kept", input }]
          const tape = layer.vjp(env.params, a, draw(env))
          return [tape.value, { _tag: "taped", input, tape }]
        }),
      inverse: (_b, left) => attempt((env) => env.scope.own(left.input)),
      infer: (a) => attempt((env) => layer.apply(env.params, a, O.none)),
      pullback: (b, left, db) =>
        attempt((env) => {
          const tape = left._tag === "taped" ? left.tape : layer.vjp(env.params, left.input, draw(env))
          if (left._tag === "kept")
            env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: b, recorded: tape.value })
          const { cotangent, grads } = tape.pull(db)
          const input = env.scope.own(left.input)
          env.scope.release([b, left, db])
          return { input, cotangent, grads }
        }),
    }
  }
