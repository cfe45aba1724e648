/**
 * Impostors of plans and of inference: a plan or a mode that changes what is computed.
 */
import { either as E, function as F, option as O } from "fp-ts"
import { Bdia } from "../../src/block/Bdia.ts"
import { Env } from "../../src/core/Env.ts"
import { Params } from "../../src/core/Params.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { attack } from "../engine/Attack.ts"
import { planLaws } from "../sets/Gradient.ts"
import { inferenceLaws } from "../sets/Inference.ts"
import { numberLayer } from "../subjects/specimens.ts"
import { numberChainSubject } from "../subjects/subjects.ts"

const chain = numberChainSubject("a chain", { depth: 3 })
const f = chain.bijection

/** Draws gamma under another name in blocks that are kept or taped. */
export const plannedKeys = attack(
  "keys by plan",
  planLaws({
    ...chain,
    name: "keys by plan",
    bijection: {
      ...f,
      forward: (a) => (env) =>
        f.forward(a)(Env.choice(env) === undefined ? env : Env.child(env, "planned", env.params)),
    },
  }),
)

/** Stores the input of the last block as the kept input of every block. */
export const shiftedKeep = attack(
  "kept inputs of the wrong block",
  planLaws({
    ...chain,
    name: "kept inputs of the wrong block",
    bijection: {
      ...f,
      forward: (a) => (env) =>
        F.pipe(
          f.forward(a)(env),
          E.map(([b, [start, rest]]) => {
            const last = rest.at(-1)
            return [b, [start, last?._tag === "kept" ? rest.map(() => last) : rest]]
          }),
        ),
    },
  }),
)

/** Omits the gradients of taped parts, so that their names depend on the plan. */
export const missingGradients = attack(
  "gradients that a plan leaves out",
  planLaws({
    ...chain,
    name: "gradients that a plan leaves out",
    bijection: {
      ...f,
      params: {
        ...f.params,
        leaves: (p) => p.flatMap((q, i) => Params.named(String(i), numberLayer(0).params).leaves({ [i]: q })),
      },
      pullback: (b, side, db) => (env) =>
        F.pipe(
          f.pullback(b, side, db)(env),
          E.map((pulled) => ({
            ...pulled,
            grads: pulled.grads.filter((_, i) => i === 0 || side[1][i - 1]?._tag === "reversed"),
          })),
        ),
    },
  }),
)

const space = numberSpace(9)
const layer = numberLayer(0.25)
const plain = Bdia.fromResidual({ space, layer }, 3)

/** Uses gamma = 1/2 at inference, as in training, instead of its expectation. */
export const gammaAtInference = attack(
  "gamma at inference",
  inferenceLaws({
    ...chain,
    name: "gamma at inference",
    bijection: {
      ...plain,
      infer: (x) => (env) =>
        F.pipe(
          plain.infer(x)(env),
          E.map(([previous, current]) => [
            previous,
            space.plus(space.quantize(previous / 2), space.quantize(current / 2)),
          ]),
        ),
    },
    plain: (params, x) => {
      const [h0, ...rest] = params.map((p) => (y: number) => layer.apply(p, y, O.none))
      let previous = x
      let current = space.plus(x, space.quantize(h0?.(x) ?? x))
      for (const h of rest) [previous, current] = [current, space.quantize(space.plus(current, h(current)))]
      return [previous, current] as const
    },
  }),
)
