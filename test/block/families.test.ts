/**
 * The families of reversible blocks besides BDIA: what is proved on all values, and what each refuses.
 */
import { either as E, function as F, readerEither as RE } from "fp-ts"
import {
  Bdia,
  Coupling,
  differingBits,
  float32Space,
  hostEnv,
  Key,
  numberSpace,
  Params,
  run,
  runPromise,
  TwoStep,
  type Bijection,
  type Layer,
} from "bijou"
import { numberLayer } from "bijou/laws"
import { float32Layer } from "../../laws/subjects/specimens.ts"
import { look } from "../../laws/engine/evidence.ts"
import { describe, expect, it } from "vitest"
import { reconstructionErrors } from "../../bench/reconstructionErrors.ts"

const floats = float32Space(9)
const numbers = numberSpace(9)

/** h(x) = x / 3 - 1. */
const affine: Layer<{}, Float32Array, Float32Array> = {
  params: Params.none,
  apply: (_, x) => x.map((a) => a / 3 - 1),
  vjp: (_, x) => ({
    value: x.map((a) => a / 3 - 1),
    held: [],
    pull: (dy) => ({ cotangent: dy.map((d) => d / 3), grads: {} }),
  }),
}

/** All k with -2^15 <= k < 2^15, as grid values, each a separate sample. */
const everything = Float32Array.from({ length: 2 ** 16 }, (_, i) => (i - 2 ** 15) / 512)
const samples = Array.from({ length: 2 ** 16 }, (_, i) => i)

/** Returns the number of bits in which the inverse of the forward pass differs from the input. */
const thereAndBack = async <P, B, S>(f: Bijection<P, Float32Array, B, S>, x: Float32Array): Promise<number> => {
  const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 5, samples })
  const program = F.pipe(
    f.forward(x),
    RE.chain(([b, side]) => f.inverse(b, side)),
  )
  return differingBits(x, await runPromise(program)(env))
}

const tagOf = async <P, X>(program: Parameters<typeof run<P, X>>[0], params: P): Promise<string> => {
  const result = await run(program)(hostEnv({ params, seed: 1 }))()
  return E.isLeft(result) ? result.left._tag : "Right"
}

describe("the inverse is the identity on all 2^16 values in one batch", () => {
  const residual = { space: floats, layer: affine }

  it("by the midpoint rule", async () => {
    expect(await thereAndBack(TwoStep.fromResidual(residual, TwoStep.midpoint(floats), 4), everything)).toBe(0)
  })

  it("by leapfrog", async () => {
    expect(await thereAndBack(TwoStep.fromResidual(residual, TwoStep.leapfrog(floats), 4), everything)).toBe(0)
  })

  it.each([1, 2, 3, 4, 7, 12, 20])("with gamma +-2^-%i, each sample with its own sign", async (m) => {
    expect(await thereAndBack(TwoStep.fromResidual(residual, TwoStep.dyadic(floats, m), 4), everything)).toBe(0)
  })

  it("by couplings", async () => {
    const f = Coupling.fromResiduals({ space: floats, f: affine, g: affine }, 3)
    const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 5, samples })
    const pair = [everything, everything.toReversed()] as const
    const [state, side] = await runPromise(f.forward(pair))(env)
    const [a, b] = await runPromise(f.inverse(state, side))(env)
    expect([differingBits(pair[0], a), differingBits(pair[1], b)]).toEqual([0, 0])
  })
})

it("gamma +-1/2 is BDIA, bit for bit: output, parities, cotangent and gradients", async () => {
  const residual = { space: floats, layer: float32Layer(4, 0.25) }
  const [bdia, dyadic] = [Bdia.fromResidual(residual, 5), TwoStep.fromResidual(residual, TwoStep.dyadic(floats, 1), 5)]
  const x = Float32Array.from({ length: 8 }, (_, i) => (37 * i - 111) / 512)
  const env = () => hostEnv({ params: bdia.params.init(Key.fromSeed(3)), seed: 4, samples: [5, 3] })
  const [state, side] = await runPromise(bdia.forward(x))(env())
  const [other, sides] = await runPromise(dyadic.forward(x))(env())
  expect(await look(other)).toEqual(await look(state))
  const planes = side[1].map((held) => held._tag === "reversed" && held.side.bytes)
  expect(sides[1].map(([bits]) => bits[0]?.bytes)).toEqual(planes)
  const cotangent = [x.map((a) => a + 1), x.map((a) => 2 - a)] as const
  const [one, two] = [
    await runPromise(bdia.pullback(state, side, cotangent))(env()),
    await runPromise(dyadic.pullback(other, sides, cotangent))(env()),
  ]
  expect(await look(two)).toEqual(await look(one))
})

it("a gamma that is not a power of two is refused immediately", () => {
  for (const m of [0, -1, 1.5, 21, Number.NaN])
    expect(() => TwoStep.dyadic(numbers, m)).toThrow(
      `Gamma is +-2^-m, where m must be an integer from 1 to 20, not ${m}.`,
    )
})

describe("a coupling", () => {
  const f = Coupling.fromResiduals({ space: numbers, f: numberLayer(0), g: numberLayer(0) }, 2)
  const params = f.params.init(Key.fromSeed(1))
  const reversed = { _tag: "reversed", side: null } as const
  const sides = [
    [reversed, reversed],
    [reversed, reversed],
  ] as const

  it("refuses an input off the grid, and one out of its range", async () => {
    expect(await tagOf(f.forward([0.3, 1]), params)).toBe("NotOnGrid")
    expect(await tagOf(f.infer([1, 0.3]), params)).toBe("NotOnGrid")
    expect(await tagOf(f.forward([2 ** 15, 1]), params)).toBe("GridOverflow")
    expect(await tagOf(f.forward([Number.NaN, 1]), params)).toBe("GridOverflow")
  })

  it("refuses to invert what is off the grid, or what leaves the range", async () => {
    expect(await tagOf(f.pullback([0.3, 1], sides, [1, 1]), params)).toBe("Irreversible")
    expect(await tagOf(f.pullback([2 ** 15 + 64, 1], sides, [1, 1]), params)).toBe("Irreversible")
    expect(await tagOf(f.pullback([0.5, 1], sides, [1, 1]), params)).toBe("Right")
  })

  it("does so in half couplings too", async () => {
    const half = Coupling.half({ space: numbers, layer: numberLayer(0) })
    const params = half.params.init(Key.fromSeed(1))
    expect(await tagOf(half.forward([0.3, 1]), params)).toBe("NotOnGrid")
    expect(await tagOf(half.forward([1, 0.3]), params)).toBe("NotOnGrid")
    expect(await tagOf(half.infer([1, 0.3]), params)).toBe("NotOnGrid")
    expect(await tagOf(half.forward([1, 2 ** 15]), params)).toBe("GridOverflow")
    expect(await tagOf(half.pullback([0.3, 1], reversed, [1, 1]), params)).toBe("Irreversible")
    expect(await tagOf(half.pullback([1, 2 ** 15], reversed, [1, 1]), params)).toBe("Irreversible")
    expect(await tagOf(half.pullback([0.5, 1], reversed, [1, 1]), params)).toBe("Right")
  })
})

it("float32 drifts with depth in every family, and the grid does not", async () => {
  const rows = await reconstructionErrors([6, 24])
  expect(rows.map(({ grid }) => grid)).toEqual(rows.map(() => 0))
  const of = (family: string, depth: number) =>
    rows.find((row) => row.family === family && row.depth === depth)?.float ?? Number.NaN
  for (const family of new Set(rows.map((row) => row.family))) {
    expect(of(family, 6), family).toBeGreaterThan(0)
    expect(of(family, 24), family).toBeGreaterThan(of(family, 6))
  }
  expect(of("BDIA, gamma +-1/2", 24)).toBeGreaterThan(1) // the error doubles with every block
})
