/**
 * The laws of the library, on numbers, on Float32Arrays and on numbers with owners.
 */
import { function as F } from "fp-ts"
import {
  andThen,
  Bdia,
  first,
  float32Space,
  Grid,
  hostEnv,
  identity,
  keep,
  Key,
  named,
  numberSpace,
  Params,
  repeat,
  Side,
} from "bijou"
import {
  allLaws,
  arbitraries,
  bijectionLaws,
  categoryLaws,
  checkLaws,
  float32ChainSubject,
  float32Layer,
  float32SpaceSubject,
  gradientLaws,
  gridLaws,
  gridSubject,
  handleLayer,
  handleSpace,
  handleWatch,
  holdings,
  layerLaws,
  leftToRight,
  numberChainSubject,
  numberLayer,
  numberNetwork,
  numberSpaceSubject,
  numericLayerLaws,
  ownershipLaws,
  paramsLaws,
  report,
  sideLaws,
  spaceLaws,
  standard,
  type Runner,
} from "bijou/laws"
import { float32Side } from "bijou"
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

const exact = float32Side(null)
for (const rate of [0, 0.5]) {
  checkLaws(
    runner,
    numericLayerLaws({
      name: `the layer on numbers with dropout ${rate}`,
      layer: numberLayer(rate),
      inputs: arbitraries.moderate,
      codec: { input: numbers.value, output: numbers.value },
      samples: [4],
    }),
  )
  checkLaws(
    runner,
    layerLaws({
      name: `the layer on Float32Arrays with dropout ${rate}`,
      layer: float32Layer(4, rate),
      inputs: arbitraries.float32Array(8, arbitraries.moderate),
      codec: { input: exact, output: exact },
      samples: [4, 9],
    }),
  )
}

// ----------------------------------------------------------- bijections

for (const depth of [1, 2, 7]) {
  checkLaws(runner, gradientLaws(numberChainSubject(`${depth} blocks on numbers`, { depth })), { runs: 60 })
  checkLaws(runner, gradientLaws(float32ChainSubject(`${depth} blocks on Float32Arrays`, { depth })), { runs: 60 })
}

describe("whole random networks", () => {
  it("obey every law of bijections and gradients", async () => {
    for (const subject of fc.sample(numberNetwork, { numRuns: 40, seed: 11 }))
      for (const law of allLaws(gradientLaws(subject))) {
        const verdict = await law.judge({ ...standard, runs: 5 })
        expect(verdict._tag === "Holds" ? "" : `${subject.name}: ${report(law.name, verdict)}`).toBe("")
      }
  })
})

const weights = { w: 2, v: 0.5, b: 0.25 }
const plain = { codec: { input: exactNumber(), output: exactNumber() }, env: hostEnv, seed: 3, samples: [0] }

/** Numbers in their own eight bytes, for parts that leave the grid. */
function exactNumber(): Side<number> {
  return {
    ...numbers.value,
    toBytes: (x) => async () => new Uint8Array(Float64Array.of(x).buffer),
    fromBytes: (bytes) => async () => ({ _tag: "Right", right: new Float64Array(bytes.slice().buffer)[0] ?? 0 }),
  }
}

checkLaws(
  runner,
  categoryLaws({
    name: "andThen with identity",
    compose: leftToRight,
    unit: identity<number>(),
    parts: [
      named("f")(keep(exactNumber())(numberLayer(0.25))),
      named("g")(keep(exactNumber())(numberLayer(0.25))),
      named("h")(keep(exactNumber())(numberLayer(0.25))),
    ],
    on: {
      ...plain,
      inputs: arbitraries.moderate,
      params: { f: weights, g: { ...weights, v: 1 }, h: { ...weights, b: -1 } },
    },
  }),
)

checkLaws(
  runner,
  bijectionLaws({
    ...plain,
    env: hostEnv,
    name: "first",
    bijection: first<number>()(keep(exactNumber())(numberLayer(0.25))),
    params: weights,
    inputs: fc.tuple(arbitraries.moderate, fc.double()),
    codec: { input: Side.pair(exactNumber(), exactNumber()), output: Side.pair(exactNumber(), exactNumber()) },
  }),
)

// ------------------------------------------------------------ ownership

const owned = holdings()
const handles = handleSpace(owned, 9)
const trunk = Bdia.fromResidual({ space: handles, layer: handleLayer(owned, numberLayer(0.25)) }, 5)

checkLaws(
  runner,
  ownershipLaws({
    name: "a chain on numbers with owners",
    bijection: trunk,
    params: trunk.params.init(Key.fromSeed(1)),
    inputs: arbitraries.boundedGridNumber(Grid.make(9), 8).map(owned.make),
    codec: { input: handles.value, output: Side.pair(handles.value, handles.value) },
    env: (run) => ({ ...hostEnv(run), scope: owned.scope, watch: handleWatch(owned) }),
    seed: 1,
    samples: [0],
    held: owned.held,
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
    params: kept.params.init(Key.fromSeed(1)),
    inputs: arbitraries.moderate.map(owned.make),
    codec: { input: handles.value, output: handles.value },
    env: (run) => ({ ...hostEnv(run), scope: owned.scope, watch: handleWatch(owned) }),
    seed: 1,
    samples: [0],
    held: owned.held,
  }),
)
