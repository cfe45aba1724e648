/**
 * Any layer as a bijection: it leaves its input behind, which is gradient checkpointing; with the plan's `tape`, ordinary
 * backpropagation.
 *
 * Its pullback evaluates the layer again, and claims that the value is the output it was given: behind `keep`, whatever
 * a reversed chain has rebuilt is checked against the value it started from.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { Env } from "./Env.ts"
import { keptSide, type Kept } from "./Held.ts"
import type { Layer, Recorded } from "./Layer.ts"
import { attempt } from "./Program.ts"
import type { Side } from "./Side.ts"

/** `keep(side)(layer)`, with `side` the codec of the layer's input. Going back costs one evaluation, or none if taped. */
export const keep =
  <A>(side: Side<A>) =>
  <P, B>(layer: Layer<P, A, B>): Bijection<P, A, B, Kept<A, Recorded<P, A, B>>> => {
    const draw = (env: Env<P>) => O.some(Env.draw(env, "layer"))
    return {
      params: layer.params,
      side: keptSide(side),
      forward: (a) =>
        attempt((env) => {
          const input = env.scope.own(a)
          if (Env.choice(env) !== "tape")
            return [layer.apply(env.params, a, draw(env)), { _tag: "kept", input }] as const
          const tape = layer.vjp(env.params, a, draw(env))
          return [tape.value, { _tag: "taped", input, tape }] as const
        }),
      inverse: (_b, kept) => attempt((env) => env.scope.own(kept.input)),
      infer: (a) => attempt((env) => layer.apply(env.params, a, O.none)),
      pullback: (b, kept, db) =>
        attempt((env) => {
          const tape = kept._tag === "taped" ? kept.tape : layer.vjp(env.params, kept.input, draw(env))
          if (kept._tag === "kept")
            env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: b, recorded: tape.value })
          const { cotangent, grads } = tape.pull(db)
          const input = env.scope.own(kept.input)
          env.scope.release([b, kept, db])
          return { input, cotangent, grads }
        }),
    }
  }
