import { either as E } from "fp-ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Params } from "../../src/core/Params.ts"
import { Side } from "../../src/core/Side.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { boundedGridNumber } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { bijectionLaws } from "../sets/Bijection.ts"

const space = numberSpace(9)

/** Rounds to integers; its inverse returns the last input. */
const bijection = (): Bijection<{}, number, number, null> => {
  let last = 0
  const remember = (a: number) => {
    last = a
    return Math.round(a) + 0
  }
  return {
    params: Params.none,
    side: Side.nothing,
    forward: (a) => () => E.right([remember(a), null]),
    inverse: () => () => E.right(last),
    infer: (a) => () => E.right(remember(a)),
    pullback: (_b, _side, db) => () => E.right({ input: last, cotangent: db, grads: {} }),
  }
}

/** A cache instead of an inverse (TFP #1470). */
export const cachedInverse = attack(
  "a cached inverse",
  bijectionLaws({
    name: "a cached inverse",
    bijection: bijection(),
    params: {},
    inputs: boundedGridNumber(space.grid, 100),
  }),
)
