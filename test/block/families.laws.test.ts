/**
 * The families of blocks and the combinators of parts, on numbers with owners: every law, with each buffer counted.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import {
  andThen,
  Bdia,
  both,
  Coupling,
  dimap,
  first,
  haar,
  keep,
  Momentum,
  named,
  Rational,
  rearrange,
  repeat,
  second,
  swap,
  TwoStep,
  type Bijection,
  type Two,
} from "bijou"
import { arbitraries, checkLaws, lawsOf, numberLayer, subject } from "bijou/laws"
import { handleLayer, handleSpace, holdings, type Handle } from "../../laws/engine/Handle.ts"
import { describe, it } from "vitest"
import { withBuffer } from "../../src/block/buffered.ts"
import { halved, negated } from "../../src/block/scaling.ts"

const owned = holdings()
const space = handleSpace(owned, 9)
const layer = handleLayer(owned, numberLayer(0.25))
const h = { space, layer }

const handle = arbitraries.boundedGridNumber(space.grid, 8).map(owned.make)
const pair = fc.tuple(handle, handle)

const lossy = { n: 3, d: 5 }
const wide = { n: 1, d: 4095 } // its buffer lasts two steps
const part = keep(space.value)(layer)

/** Checks all laws that apply, including those of ownership and consumption. */
const check = async <P, A, B, S>(name: string, inputs: fc.Arbitrary<A>, bijection: Bijection<P, A, B, S>) => {
  const { set } = await lawsOf(subject({ name, bijection, inputs, kind: owned.kind }))
  checkLaws({ describe, it }, set, { runs: 8 })
}

await check("BDIA", handle, Bdia.fromResidual(h, 4))
await check("couplings", pair, Coupling.fromResiduals({ space, f: layer, g: layer }, 2))
await check("half a coupling", pair, Coupling.half(h))
await check("midpoint steps", handle, TwoStep.fromResidual(h, TwoStep.midpoint(space), 3))
await check("leapfrog steps", handle, TwoStep.fromResidual(h, TwoStep.leapfrog(space), 3))
await check("steps with gamma +-1/4", handle, TwoStep.fromResidual(h, TwoStep.dyadic(space, 2), 3))
await check("steps with gamma +-3/5", handle, Rational.fromResidual(h, lossy, 4))
await check("steps that spill", handle, Rational.fromResidual(h, wide, 5))
await check("momentum", handle, Momentum.fromResidual(h, lossy, 3))
await check("momentum that spills", handle, Momentum.fromResidual(h, wide, 4))
await check("a sign turned", handle, negated(space))
await check("two halvings", handle, halved(space, 2))
await check("an empty buffer", pair, withBuffer(space))
await check("mean and difference", pair, haar(space))
await check("a part on the second half", pair, second<Handle>()(part))
await check("two parts side by side", pair, F.pipe(named("f")(part), both(named("g")(part))))
await check(
  "a part between two swaps",
  pair,
  dimap(swap<Handle, Handle>(), swap<Handle, Handle>())(first<Handle>()(part)),
)
await check(
  "three streams",
  fc.tuple(pair, handle),
  F.pipe(
    first<Handle>()(Coupling.half(h)),
    andThen(
      rearrange<readonly [Two<Handle>, Handle], readonly [Two<Handle>, Handle]>(
        ([[a, b], c]) => [[b, c], a],
        ([[b, c], a]) => [[a, b], c],
      ),
    ),
    repeat(3),
  ),
)
