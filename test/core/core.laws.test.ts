/**
 * The laws of the library, on numbers, on Float32Arrays and on numbers with owners.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, float32Space, Grid, keep, named, numberSpace, Params, repeat, Side } from "bijou"
import { float32Side } from "../../src/exact/float32Space.ts"
import { arbitraries, checkLaws, numberLayer, sideLaws, spaceLaws } from "bijou/laws"
import { batchLaws, layerBatchLaws } from "../../laws/sets/Batch.ts"
import {
  float32ChainSubject,
  float32SpaceSubject,
  gridSubject,
  numberChainSubject,
  numberSpaceSubject,
} from "../../laws/subjects/subjects.ts"
import { float32Layer } from "../../laws/subjects/specimens.ts"
import { gradientLaws, planLaws } from "../../laws/sets/Gradient.ts"
import { gridLaws } from "../../laws/sets/Grid.ts"
import { handleLayer, handleSpace, holdings } from "../../laws/engine/Handle.ts"
import { law, standard } from "../../laws/engine/Law.ts"
import { derivativeLaws } from "../../laws/sets/Layer.ts"
import { ownershipLaws } from "../../laws/sets/Ownership.ts"
import { paramsLaws } from "../../laws/sets/Params.ts"
import type { Runner } from "../../laws/engine/run.ts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const runner: Runner = { describe, it }

// ----------------------------------------------------------- arithmetic

for (const l of [0, 1, 9, 16, 23]) {
  checkLaws(runner, gridLaws(gridSubject(`${l} fraction bits`, l)), { runs: 1000 })
  if (l < 20) {
    checkLaws(runner, spaceLaws(numberSpaceSubject(`numbers of ${l} fraction bits`, numberSpace(l))), { runs: 500 })
    checkLaws(runner, spaceLaws(float32SpaceSubject(`Float32Arrays of ${l} fraction bits`, float32Space(l))), {
      runs: 500,
    })
  }
}

// ---------------------------------------------------------------- sides

const numbers = numberSpace(9)
const floats = float32Space(9)
const bits = fc.constantFrom<0 | 1>(0, 1)
const values = arbitraries.gridNumber(numbers.grid)

checkLaws(runner, sideLaws({ name: "nothing", side: Side.nothing, values: fc.constant(null) }))
checkLaws(runner, sideLaws({ name: "a parity", side: numbers.bit, values: bits }))
checkLaws(runner, sideLaws({ name: "a number", side: numbers.value, values }))
checkLaws(runner, sideLaws({ name: "a plane", side: floats.bit, values: fc.nat(40).chain(arbitraries.packedBits) }))
checkLaws(
  runner,
  sideLaws({
    name: "any floats",
    side: float32Side(null),
    values: fc.nat(9).chain((n) => arbitraries.float32Array(n, arbitraries.anyFloat32)),
  }),
)
checkLaws(
  runner,
  sideLaws({
    name: "an array of pairs",
    side: Side.array(3, Side.pair(numbers.bit, Side.pair(Side.nothing, numbers.value))),
    values: fc.array(fc.tuple(bits, fc.tuple(fc.constant(null), values)), { minLength: 3, maxLength: 3 }),
  }),
)

// ----------------------------------------------------------- parameters

checkLaws(runner, paramsLaws({ name: "none", params: Params.none }))
checkLaws(
  runner,
  paramsLaws({
    name: "a tree",
    params: Params.both(
      Params.named("blocks", Params.array(3, numberLayer(0).params)),
      Params.struct({ head: float32Layer(3, 0).params, scale: Params.number(({ low }) => low) }),
    ),
  }),
)

// --------------------------------------------------------------- layers

for (const rate of [0, 0.5]) {
  checkLaws(
    runner,
    derivativeLaws(
      {
        name: `the layer on numbers with dropout ${rate}`,
        layer: numberLayer(rate),
        inputs: arbitraries.moderate,
        samples: () => [4],
      },
      "float64",
    ),
  )
  checkLaws(
    runner,
    derivativeLaws(
      {
        name: `the layer on Float32Arrays with dropout ${rate}`,
        layer: float32Layer(4, rate),
        inputs: arbitraries.float32Array(8, arbitraries.moderate),
        samples: () => [4, 9],
      },
      "float32",
    ),
  )
  checkLaws(
    runner,
    layerBatchLaws({
      name: `the layer on Float32Arrays with dropout ${rate}`,
      layer: float32Layer(4, rate),
      inputs: arbitraries.float32Array(8, arbitraries.moderate),
      samples: () => [4, 9],
    }),
  )
}

// ----------------------------------------------------------- bijections

for (const depth of [1, 2, 7]) {
  checkLaws(runner, gradientLaws(numberChainSubject(`${depth} blocks on numbers`, { depth })), { runs: 60 })
  checkLaws(runner, gradientLaws(float32ChainSubject(`${depth} blocks on Float32Arrays`, { depth })), { runs: 60 })
}

for (const depth of [1, 2, 7]) {
  checkLaws(runner, planLaws(float32ChainSubject(`${depth} blocks on Float32Arrays`, { depth })))
  checkLaws(runner, batchLaws(float32ChainSubject(`${depth} blocks on Float32Arrays`, { depth })))
}

// ------------------------------------------------------------ ownership

const owned = holdings()
const handles = handleSpace(owned, 9)
const trunk = (depth: number) =>
  Bdia.fromResidual({ space: handles, layer: handleLayer(owned, numberLayer(0.25)) }, depth)

for (const depth of [1, 2, 5])
  checkLaws(
    runner,
    ownershipLaws({
      name: `a chain of ${depth} on numbers with owners`,
      bijection: trunk(depth),
      inputs: arbitraries.boundedGridNumber(Grid.make(9), 8).map(owned.make),
      kind: owned.kind,
    }),
  )

const kept = F.pipe(
  keep(handles.value)(handleLayer(owned, numberLayer(0.25))),
  named("first"),
  andThen(named("rest")(repeat(3)(keep(handles.value)(handleLayer(owned, numberLayer(0)))))),
)

checkLaws(
  runner,
  ownershipLaws({
    name: "kept layers on numbers with owners",
    bijection: kept,
    inputs: arbitraries.moderate.map(owned.make),
    kind: owned.kind,
  }),
)

// ----------------------------------------------------------- time limits

it("waits for the case that is tried when the time is over, which may hold tensors", async () => {
  const seconds = 0.5
  const events: string[] = []
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const slow = law("slow", fc.constant(1), async () => {
    events.push("tried")
    begin()
    await ended
    events.push("done")
    return { lhs: 0, rhs: 0 }
  })
  const judged = slow.judge({ ...standard, seconds }).then(({ _tag }) => events.push(_tag))
  await begun
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds)) // set later than the limit's timer, so it fires later
  expect(events).toEqual(["tried"])
  end()
  await judged
  expect(events).toEqual(["tried", "done", "Raised"])
})
