/**
 * BDIA on numbers and Float32Arrays: every value is inverted, every flipped bit is detected, and gradients of the
 * reversed pass are checked.
 */
import { either as E, option as O } from "fp-ts"
import {
  Bdia,
  differingBits,
  Draw,
  Env,
  float32Space,
  gammas,
  Grid,
  hostEnv,
  Key,
  numberSpace,
  Params,
  Plan,
  run,
  Side,
  uniforms,
  type Bijection,
  type Layer,
} from "bijou"
import type { Held } from "../../src/core/Held.ts"
import type { EnvOptions } from "../../src/core/Env.ts"
import { arbitraries, numberLayer } from "bijou/laws"
import { float32Layer } from "../../laws/subjects/specimens.ts"
import { sameBits } from "../../laws/engine/bits.ts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const right = <X>(result: E.Either<unknown, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

const tagOf = (result: E.Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(result) ? result.left._tag : "Right"

const gammaAt = (seed: number, block: number, sample = 0): number =>
  gammas({
    key: Key.child("gamma")(Key.child(String(block))(Key.step(0)(Key.fromSeed(seed)))),
    samples: [sample],
  })[0] ?? 0

/** Block 0 maps every x to `to`. Later blocks have a residual that is far from smooth. */
interface Aim {
  readonly to: number | null
}
const aim: Layer<Aim, number, number> = {
  params: Params.leaf<Aim>({
    init: () => ({ to: null }),
    add: (x) => x,
    is: (value): value is Aim => typeof value === "object",
  }),
  apply: ({ to }, x) => (to === null ? 3.7 * Math.sin(11 * x) + 0.001 : to - x),
  vjp: () => {
    throw new Error("not asked for")
  },
}

const seedOf = (gamma: number, block = 1): number => {
  for (let seed = 0; ; seed++) if (gammaAt(seed, block) === gamma) return seed
}

// ------------------------------------------------------------ inversion

describe("inverse after forward", () => {
  for (const gamma of [0.5, -0.5])
    for (const to of [0, -3 / 512, 77.25])
      it(`is the identity on all 2^16 values with gamma ${gamma} and x_k = ${to}`, async () => {
        const f = Bdia.fromResidual({ space: numberSpace(9), layer: aim }, 2)
        const env = hostEnv({ params: [{ to }, { to: null }], seed: seedOf(gamma) })
        let [wrong, zeros, odd] = [0, 0, 0]
        for (let k = -32768; k <= 32768; k++) {
          const x = k / 512 + 0
          const [state, side] = right(f.forward(x)(env))
          if (!Object.is(state[0], to)) wrong++
          const held = side[1][0]
          if (held?._tag === "reversed") odd += held.side
          const back = right(f.inverse(state, side)(env))
          if (!Object.is(back, x)) wrong++
          if (Object.is(back, 0)) zeros++
        }
        right(await env.watch.settle())
        expect({ wrong, zeros, odd }).toEqual({ wrong: 0, zeros: 1, odd: 32768 })
      })

  it("is the identity on all 2^16 values in one batch, each a sample with its own gamma", async () => {
    const space = float32Space(9)
    const n = 65537
    const f = Bdia.fromResidual({ space, layer: float32Layer(1, 0.25) }, 3)
    const x = Float32Array.from({ length: n }, (_, i) => (i - 32768) / 512)
    const env = hostEnv({
      params: f.params.init(Key.fromSeed(5)),
      seed: 8,
      samples: Array.from({ length: n }, (_, i) => i),
    })
    const [state, side] = right(await run(f.forward(x))(env)())
    expect(differingBits(right(await run(f.inverse(state, side))(env)()), x)).toBe(0)
  })

  it("is the identity over the whole range, or the range guard refuses", async () => {
    let refused = 0
    const signs = new Set<number>()
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 20 }).chain((l) =>
          fc.record({
            l: fc.constant(l),
            x: arbitraries.gridNumber(Grid.make(l)),
            to: arbitraries.gridNumber(Grid.make(l)),
          }),
        ),
        fc.nat({ max: 1000 }),
        async ({ l, x, to }, seed) => {
          const f = Bdia.fromResidual({ space: numberSpace(l), layer: aim }, 2)
          const env = hostEnv({ params: [{ to }, { to: null }], seed })
          const forth = await run(f.forward(x))(env)()
          signs.add(gammaAt(seed, 1))
          if (E.isLeft(forth)) {
            refused++
            expect(forth.left._tag).toBe("GridOverflow")
            return
          }
          const [state, side] = forth.right
          const held = right(await f.side.fromBytes(await f.side.toBytes(side)())())
          expect(Object.is(right(await run(f.inverse(state, held))(env)()), x)).toBe(true)
        },
      ),
      { numRuns: 4000, seed: 1 },
    )
    expect(refused).toBeGreaterThan(10)
    expect(refused).toBeLessThan(2500)
    expect([...signs].sort()).toEqual([-0.5, 0.5])
  })

  const depths = Array.from({ length: 128 }, (_, i) => i + 1)

  it("differs in 0 bits for numbers at every depth from 1 to 128", async () => {
    const space = numberSpace(9)
    for (const K of depths) {
      const f = Bdia.fromResidual({ space, layer: numberLayer(0.25) }, K)
      const env = hostEnv({ params: f.params.init(Key.fromSeed(K)), seed: K, samples: [K] })
      const x = (K - 60) / 512 + 0
      const [state, side] = right(await run(f.forward(x))(env)())
      const [given, held] = await throughBytes(f, Side.pair(space.value, space.value), state, side)
      expect(Object.is(right(await run(f.inverse(given, held))(env)()), x)).toBe(true)
      expect(Object.is(right(await run(f.pullback(given, held, [1, 1]))(env)()).input, x)).toBe(true)
    }
  })

  it("differs in 0 bits for batches of Float32Arrays at every depth from 1 to 128", async () => {
    const space = float32Space(9)
    for (const K of depths) {
      const f = Bdia.fromResidual({ space, layer: float32Layer(5, 0.25) }, K)
      const env = hostEnv({ params: f.params.init(Key.fromSeed(K)), seed: K, samples: [2, 0, 2 ** 40] })
      const x = batch(K, 3, 5)
      const [state, side] = right(await run(f.forward(x))(env)())
      const [given, held] = await throughBytes(f, Side.pair(space.value, space.value), state, side)
      expect(differingBits(right(await run(f.inverse(given, held))(env)()), x)).toBe(0)
      expect(differingBits(right(await run(f.pullback(given, held, given))(env)()).input, x)).toBe(0)
    }
  })
})

const throughBytes = async <P, A, B, S>(f: Bijection<P, A, B, S>, output: Side<B>, b: B, s: S) =>
  [
    right(await output.fromBytes(await output.toBytes(b)())()),
    right(await f.side.fromBytes(await f.side.toBytes(s)())()),
  ] as const

const batch = (seed: number, samples: number, width: number): Float32Array =>
  uniforms({ key: Key.fromSeed(seed), samples: [0] }, samples * width).map(
    (u) => Math.round((u * 2 - 1) * 1500) / 512 + 0,
  )

// ---------------------------------------------------------------- guard

describe("the range guard", () => {
  const constant: Layer<number, number, number> = {
    params: Params.number(() => 0),
    apply: (h) => h,
    vjp: (h) => ({ value: h, held: [], pull: (dy) => ({ cotangent: 0, grads: dy }) }),
  }
  const nearLimit = (l: number) => fc.integer({ min: 2 ** 24 - 12, max: 2 ** 24 + 12 }).map((k) => k / 2 ** l)

  it("refuses an activation exactly when its magnitude reaches the limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 0, max: 20 })
          .chain((l) => fc.tuple(fc.constant(l), nearLimit(l), fc.integer({ min: -20, max: 20 }))),
        fc.boolean(),
        async ([l, size, move], negative) => {
          const f = Bdia.fromResidual({ space: numberSpace(l), layer: constant }, 1)
          const x = negative ? -size : size
          const h = move / 2 ** l
          const limit = 2 ** (24 - l)
          const result = await run(f.forward(x))(hostEnv({ params: [h], seed: 1 }))()
          expect(tagOf(result)).toBe(Math.abs(x) < limit && Math.abs(x + h) < limit ? "Right" : "GridOverflow")
        },
      ),
      { numRuns: 2000, seed: 2 },
    )
  })

  it("names the path, the step, the value, the limit and what to do", async () => {
    const f = Bdia.fromResidual({ space: numberSpace(9), layer: constant }, 3)
    const result = await run(f.forward(0))(hostEnv({ params: [1, 90000, 0], seed: 1, step: 312 }))()
    expect(E.isLeft(result) ? result.left.message : "").toMatch(
      /^\|x\| reached \d+(\.\d+)? at 1, step 312, but a grid of 9 fraction bits is exact only below 32768\. Use fewer fraction bits, or normalize the residual\.$/,
    )
  })

  it("refuses NaN, wherever it is in a batch", async () => {
    const f = Bdia.fromResidual({ space: float32Space(9), layer: float32Layer(4, 0) }, 2)
    const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 1 })
    for (let place = 0; place < 4; place++)
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const x = new Float32Array(4)
        x[place] = bad
        expect(tagOf(await run(f.forward(x))(env)())).toBe("GridOverflow")
        expect(tagOf(await run(f.infer(x))(env)())).toBe("GridOverflow")
      }
    const numbers = Bdia.fromResidual({ space: numberSpace(9), layer: constant }, 1)
    expect(tagOf(await run(numbers.forward(Number.NaN))(hostEnv({ params: [0], seed: 1 }))())).toBe("GridOverflow")
    expect(tagOf(await run(numbers.forward(0))(hostEnv({ params: [Number.NaN], seed: 1 }))())).toBe("GridOverflow")
  })

  it("has a counterpart that refuses an input off the grid, and the other zero", async () => {
    const numbers = Bdia.fromResidual({ space: numberSpace(9), layer: constant }, 1)
    for (const x of [1 / 1024, 0.3, -0])
      expect(tagOf(await run(numbers.forward(x))(hostEnv({ params: [0], seed: 1 }))())).toBe("NotOnGrid")
    const floats = Bdia.fromResidual({ space: float32Space(9), layer: float32Layer(2, 0) }, 1)
    const env = hostEnv({ params: floats.params.init(Key.fromSeed(1)), seed: 1 })
    expect(tagOf(await run(floats.forward(Float32Array.of(1, 0.3)))(env)())).toBe("NotOnGrid")
  })
})

// ---------------------------------------------------------------- flips

describe("a single flip between forward and pullback ends in Irreversible", () => {
  const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
    const copy = bytes.slice()
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return copy
  }

  const flippedFloats = (x: Float32Array, bit: number): Float32Array =>
    new Float32Array(flipped(new Uint8Array(x.buffer, x.byteOffset, x.byteLength), bit).buffer)

  /** Increasing layers, so that two different inputs of block 0 never have the same output. */
  const rising = (K: number) =>
    Array.from({ length: K }, (_, i) => ({ w: 0.8 + (i % 3) / 10, v: 0.3, b: 0.1 * i - 0.2 }))

  const outcomes = async <P, A, X, S, Bit, I, T>(
    f: Bijection<P, A, readonly [X, X], readonly [S, ReadonlyArray<Held<Bit, I, T>>]>,
    flip: (x: X, bit: number) => X,
    bit: Side<Bit>,
    payload: { readonly plane: number; readonly planeBits: number; readonly stateBits: number },
    x: A,
    chosen: EnvOptions<P>,
    cotangent: readonly [X, X],
  ) => {
    const [state, side] = right(await run(f.forward(x))(hostEnv(chosen))())
    const found = new Map<string, number>()
    const count = async (what: string, b: readonly [X, X], s: typeof side, changed: Partial<EnvOptions<P>> = {}) => {
      const tag = tagOf(await run(f.pullback(b, s, cotangent))(hostEnv({ ...chosen, ...changed }))())
      found.set(`${what}: ${tag}`, (found.get(`${what}: ${tag}`) ?? 0) + 1)
    }
    await count("untouched", state, side)
    for (const place of [0, 1] as const) {
      for (let i = 0; i < payload.stateBits; i++) {
        const other = flip(state[place], i)
        await count("state", place === 0 ? [other, state[1]] : [state[0], other], side)
      }
    }
    for (const [k, held] of side[1].entries()) {
      if (held._tag !== "reversed") throw new Error("not reversed")
      const bytes = await bit.toBytes(held.side)()
      for (let i = 0; i < payload.planeBits; i++) {
        const other = right(await bit.fromBytes(flipped(bytes, 8 * payload.plane + i))())
        const planes = side[1].with(k, { _tag: "reversed", side: other })
        await count("plane", state, [side[0], planes])
      }
    }
    return found
  }

  for (const K of [1, 2, 3, 6, 24, 128])
    it(`on numbers, ${K} blocks: any bit of the state or of a plane`, async () => {
      const space = numberSpace(9)
      const f = Bdia.fromResidual({ space, layer: numberLayer(0) }, K)
      const found = await outcomes(
        f,
        (x, i) => flippedFloats(Float32Array.of(x), i)[0] ?? NaN,
        space.bit,
        { stateBits: 32, plane: 12, planeBits: 1 },
        1.5,
        { params: rising(K), seed: 4 },
        [1, 1],
      )
      expect(Object.fromEntries(found)).toEqual({
        "untouched: Right": 1,
        "state: Irreversible": 64,
        ...(K > 1 ? { "plane: Irreversible": K - 1 } : {}),
      })
    })

  for (const K of [1, 2, 3, 6, 24, 128])
    it(`on Float32Arrays, ${K} blocks: any bit of the state or of a plane`, async () => {
      const space = float32Space(9)
      const width = K > 24 ? 1 : 4
      const f = Bdia.fromResidual({ space, layer: float32Layer(width, 0.25) }, K)
      const params = f.params
        .init(Key.fromSeed(3))
        .map(({ w, u, b }) => ({ w: w.map((a) => 0.2 + Math.abs(a) / 2), u: u.map((a) => a / 8), b }))
      const x = batch(9, 2, width)
      x[1] = 0
      const found = await outcomes(
        f,
        flippedFloats,
        space.bit,
        { stateBits: 64 * width, plane: 16, planeBits: 2 * width },
        x,
        { params, seed: 4, samples: [1, 6] },
        [x, x],
      )
      expect(Object.fromEntries(found)).toEqual({
        "untouched: Right": 1,
        "state: Irreversible": 128 * width,
        ...(K > 1 ? { "plane: Irreversible": 2 * width * (K - 1) } : {}),
      })
    })

  it("any of the 64 bits of one block's dropout key", async () => {
    const space = float32Space(9)
    const layer = float32Layer(16, 0.5)
    const K = 4
    for (let block = 0; block < K; block++)
      for (let bit = 0; bit < 64; bit++) {
        let back = false
        const target = Env.draw(Env.child(hostEnv({ params: null, seed: 4 }), String(block), null), "residual").key
        const turned = (draw: O.Option<Draw>): O.Option<Draw> => {
          if (!back || O.isNone(draw) || draw.value.key.low !== target.low || draw.value.key.high !== target.high)
            return draw
          const { low, high } = target
          const key =
            bit < 32 ? { low: (low ^ (1 << bit)) >>> 0, high } : { low, high: (high ^ (1 << (bit - 32))) >>> 0 }
          return O.some({ ...draw.value, key })
        }
        const f = Bdia.fromResidual(
          {
            space,
            layer: {
              params: layer.params,
              apply: (p, x, draw) => layer.apply(p, x, turned(draw)),
              vjp: (p, x, draw) => layer.vjp(p, x, turned(draw)),
            },
          },
          K,
        )
        const params = f.params.init(Key.fromSeed(3))
        const env = hostEnv({ params, seed: 4 })
        const [state, side] = right(await run(f.forward(batch(2, 1, 16)))(env)())
        back = true
        expect(tagOf(await run(f.pullback(state, side, state))(env)())).toBe("Irreversible")
      }
  })

  it("another seed, step or sample", async () => {
    const space = float32Space(9)
    const f = Bdia.fromResidual({ space, layer: float32Layer(8, 0.25) }, 5)
    const chosen = { params: f.params.init(Key.fromSeed(3)), seed: 4, step: 2, samples: [3] }
    const [state, side] = right(await run(f.forward(batch(2, 1, 8)))(hostEnv(chosen))())
    for (const changed of [{ seed: 5 }, { step: 3 }, { samples: [4] }])
      expect(tagOf(await run(f.pullback(state, side, state))(hostEnv({ ...chosen, ...changed }))())).toBe(
        "Irreversible",
      )
  })
})

// ------------------------------------------------------------ gradients

/** A number and its derivatives with respect to the input and every parameter, all in float64. */
interface Dual {
  readonly value: number
  readonly slope: ReadonlyArray<number>
}

describe("gradients", () => {
  const K = 6
  const l = 9

  /**
   * The chain's equations on dual numbers: values are rounded as in the chain, and derivatives treat Q as the identity.
   */
  const differentiate = (
    weights: ReadonlyArray<{ w: number; v: number; b: number }>,
    x0: number,
    env: Env<unknown>,
    rate: number,
  ) => {
    const n = 1 + 3 * weights.length
    const constant = (value: number): Dual => ({ value, slope: new Array<number>(n).fill(0) })
    const variable = (value: number, at: number): Dual => ({
      value,
      slope: Array.from({ length: n }, (_, i) => (i === at ? 1 : 0)),
    })
    const linear = (a: number, x: Dual, b: number, y: Dual): Dual => ({
      value: a * x.value + b * y.value,
      slope: x.slope.map((s, i) => a * s + b * (y.slope[i] ?? 0)),
    })
    const times = (x: Dual, y: Dual): Dual => ({
      value: x.value * y.value,
      slope: x.slope.map((s, i) => s * y.value + x.value * (y.slope[i] ?? 0)),
    })
    const tanh = (x: Dual): Dual => {
      const value = Math.tanh(x.value)
      return { value, slope: x.slope.map((s) => s * (1 - value * value)) }
    }
    const round = ({ value, slope }: Dual): Dual => ({ value: Grid.round(Grid.make(l), value), slope })
    const h = (k: number, x: Dual): Dual => {
      const at = 1 + 3 * k
      const { w = 0, v = 0, b = 0 } = weights[k] ?? {}
      const draw = Env.draw(Env.child(env, String(k), null), "residual")
      const drawn = uniforms(Draw.child("dropout")(draw), 1)[0] ?? 0
      const mask = rate > 0 && drawn < rate ? 0 : Math.fround(1 / (1 - rate))
      const inside = linear(1, times(variable(v, at + 1), x), 1, variable(b, at + 2))
      return linear(mask, times(variable(w, at), tanh(inside)), 0, constant(0))
    }
    let previous = variable(x0, 0)
    let x = linear(1, previous, 1, round(h(0, previous)))
    for (let k = 1; k < weights.length; k++) {
      const [g = 0] = gammas(Env.draw(Env.child(env, String(k), null), "gamma"))
      const parity = Grid.parity(Grid.make(l), previous.value)
      const lifted = linear(1, previous, parity * 2 ** -l, { ...constant(0), value: 1 })
      const next = linear(g, lifted, 1, round(linear(1 - g, x, 1 + g, h(k, x))))
      previous = x
      x = next
    }
    return [previous, x] as const
  }

  it("are within 1e-5 of an independent differentiation in dual numbers", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const rate = seed % 2 === 0 ? 0 : 0.25
      const f = Bdia.fromResidual({ space: numberSpace(l), layer: numberLayer(rate) }, K)
      const params = f.params.init(Key.fromSeed(seed))
      const env = hostEnv({ params, seed })
      const x = (seed - 25) / 8
      const [state, side] = right(await run(f.forward(x))(env)())
      const dual = differentiate(params, x, env, rate)
      expect(sameBits(state, [dual[0].value, dual[1].value])).toBe(true)
      const [dx, dn] = [0.7, -1.3]
      const { cotangent, grads } = right(await run(f.pullback(state, side, [dx, dn]))(env)())
      const exact = dual[0].slope.map((s, i) => dx * s + dn * (dual[1].slope[i] ?? 0))
      const pulled = [cotangent ?? 0, ...grads.flatMap(({ w, v, b }) => [w, v, b])]
      const norm = (xs: ReadonlyArray<number>) => Math.hypot(...xs)
      expect(norm(pulled.map((p, i) => p - (exact[i] ?? 0))) / norm(exact)).toBeLessThanOrEqual(1e-5)
    }
  })

  it("of the reversed pass are the taped ones at depth 128, bit for bit", async () => {
    const f = Bdia.fromResidual({ space: float32Space(l), layer: float32Layer(5, 0.25) }, 128)
    const params = f.params.init(Key.fromSeed(1))
    const x = batch(3, 3, 5)
    const sweep = async (plan: Plan) => {
      const env = hostEnv({ params, seed: 2, samples: [7, 8, 9], plan })
      const [state, side] = right(await run(f.forward(x))(env)())
      return right(await run(f.pullback(state, side, [x, x]))(env)())
    }
    const taped = await sweep(Plan.taped)
    expect(sameBits(await sweep(Plan.reversed), taped)).toBe(true)
    expect(sameBits(await sweep({ "": "keep" }), taped)).toBe(true)
    expect(sameBits(await sweep({ "127": "tape", "3": "keep" }), taped)).toBe(true)
    expect(taped.grads.some(({ w }) => w.some((a) => a !== 0))).toBe(true)
  })

  it("cost one evaluation of h per block and step when taped, and two when reversed or kept", async () => {
    let evaluations = 0
    const inner = numberLayer(0.25)
    const counting: typeof inner = {
      params: inner.params,
      apply: (...given) => {
        evaluations++
        return inner.apply(...given)
      },
      vjp: (...given) => {
        evaluations++
        return inner.vjp(...given)
      },
    }
    const f = Bdia.fromResidual({ space: numberSpace(l), layer: counting }, K)
    const counted = async (plan: Plan) => {
      evaluations = 0
      const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 1, plan })
      const [state, side] = right(await run(f.forward(1))(env)())
      right(await run(f.pullback(state, side, [1, 1]))(env)())
      return evaluations
    }
    expect(await counted(Plan.taped)).toBe(K)
    expect(await counted(Plan.reversed)).toBe(2 * K)
    expect(await counted({ "": "keep" })).toBe(2 * K)
    expect(await counted({ [K - 1]: "tape" })).toBe(2 * K - 1)
  })
})

// -------------------------------------------------------------- context

describe("a residual with a context", () => {
  /** h(c, x) = w c tanh(x) */
  const layer: Layer<number, readonly [number, number], number> = {
    params: Params.number(() => 1),
    apply: (w, [c, x]) => w * c * Math.tanh(x),
    vjp: (w, [c, x]) => {
      const y = Math.tanh(x)
      return {
        value: w * c * y,
        held: [],
        pull: (dy) => ({ cotangent: [dy * w * y, dy * w * c * (1 - y * y)], grads: dy * c * y }),
      }
    },
  }
  const space = numberSpace(9)
  const context = { add: (x: number, y: number) => x + y }

  it("passes it through, and adds up its cotangents", async () => {
    const params = [0.5, -0.75, 1.25]
    const f = Bdia.fromContextResidual({ space, layer, context }, 3)
    for (const plan of [Plan.reversed, Plan.taped, { "": "keep" } as const]) {
      const env = hostEnv({ params, seed: 3, plan })
      const [[c, state], side] = right(await run(f.forward([2, 0.5]))(env)())
      expect(c).toBe(2)
      const { input, cotangent, grads } = right(await run(f.pullback([c, state], side, [10, [0.5, 2]]))(env)())
      expect(input).toEqual([2, 0.5])

      // Computed by hand, last block first: every block adds (1+g) d_{k+1} w tanh(x_k).
      const gamma = (k: number) => gammaAt(3, k)
      const xs = [0.5, 0, 0, 0]
      const h = (k: number) => (params[k] ?? 0) * 2 * Math.tanh(xs[k] ?? 0)
      xs[1] = 0.5 + space.quantize(h(0))
      for (const k of [1, 2]) {
        const before = xs[k - 1] ?? 0
        xs[k + 1] = gamma(k) * (before + space.parity(before) / 512) + space.drift([gamma(k)], xs[k] ?? 0, h(k))
      }
      let [dx, dn, dc] = [0.5, 2, 10]
      for (const k of [2, 1]) {
        const [g, w, y] = [gamma(k), params[k] ?? 0, Math.tanh(xs[k] ?? 0)]
        const pulled = (1 + g) * dn
        dc += pulled * w * y
        const next = dx + (1 - g) * dn + pulled * w * 2 * (1 - y * y)
        dx = g * dn
        dn = next
      }
      const [w, y] = [params[0] ?? 0, Math.tanh(0.5)]
      expect(cotangent).toEqual([dc + dn * w * y, dx + dn + dn * w * 2 * (1 - y * y)])
      expect(grads[0]).toBe(dn * 2 * y)
    }
  })
})
