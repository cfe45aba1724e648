/**
 * Composition, parameters and plans, on numbers.
 */
import { either as E, function as F, option as O } from "fp-ts"
import {
  andThen,
  Bdia,
  chain,
  Coupling,
  first,
  hostEnv,
  identity,
  invert,
  isRevError,
  keep,
  Key,
  named,
  numberSpace,
  Params,
  Plan,
  repeat,
  run,
  serial,
  Side,
  tied,
  TwoStep,
  type Bijection,
  type Env,
  type Layer,
} from "bijou"
import { showPath } from "../../src/core/Path.ts"
import { numberLayer } from "bijou/laws"
import { handleLayer, handleSpace, handleWatch, holdings } from "../../laws/engine/Handle.ts"
import { sameBits } from "../../laws/engine/bits.ts"
import { describe, expect, it } from "vitest"

const right = <X>(result: E.Either<unknown, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

const messageOf = (result: E.Either<{ readonly _tag: string; readonly message: string }, unknown>): string =>
  E.isLeft(result) ? `${result.left._tag}: ${result.left.message}` : "Right"

const space = numberSpace(9)

/** y = w x */
const scale: Layer<{ readonly w: number }, number, number> = {
  params: Params.struct({ w: Params.number(({ low }) => low) }),
  apply: ({ w }, x) => w * x,
  vjp: ({ w }, x) => ({ value: w * x, held: [], pull: (dy) => ({ cotangent: w * dy, grads: { w: x * dy } }) }),
}

const scaled = keep(space.value)(scale)

/** x + b, which has no side information. */
const shift: Bijection<{ readonly b: number }, number, number, null> = {
  params: Params.struct({ b: Params.number(() => 1) }),
  side: Side.nothing,
  forward: (a) => (env) => E.right([a + env.params.b, null]),
  inverse: (b) => (env) => E.right(b - env.params.b),
  infer: (a) => (env) => E.right(a + env.params.b),
  pullback: (b, _side, db) => (env) => E.right({ input: b - env.params.b, cotangent: db, grads: { b: db } }),
}

const negate: Bijection<{}, number, number, null> = {
  params: Params.none,
  side: Side.nothing,
  forward: (a) => () => E.right([-a, null]),
  inverse: (b) => () => E.right(-b),
  infer: (a) => () => E.right(-a),
  pullback: (b, _side, db) => () => E.right({ input: -b, cotangent: -db, grads: {} }),
}

// ----------------------------------------------------------- parameters

describe("a parameter tree", () => {
  const network = F.pipe(
    keep(space.value)(numberLayer(0)),
    named("start"),
    andThen(named("blocks")(repeat(3)(scaled))),
    andThen(named("head")(scaled)),
  )
  const { params } = network
  const p = params.init(Key.fromSeed(1))

  it("has leaves with complete paths, in one order", () => {
    expect(params.leaves(p).map(([path]) => path)).toEqual([
      "start/w",
      "start/v",
      "start/b",
      "blocks/0/w",
      "blocks/1/w",
      "blocks/2/w",
      "head/w",
    ])
  })

  it("is rebuilt from its leaves, bit for bit", () => {
    expect(sameBits(right(Params.fromLeaves(params, new Map(params.leaves(p)))), p)).toBe(true)
  })

  it("is refused with the complete path of the leaf that is missing or of another kind", () => {
    for (const gone of ["start/v", "blocks/1/w", "head/w"]) {
      const leaves = new Map(params.leaves(p))
      leaves.delete(gone)
      expect(messageOf(Params.fromLeaves(params, leaves))).toBe(`ParameterMismatch: The parameter ${gone} is missing.`)
      leaves.set(gone, "x")
      expect(messageOf(Params.fromLeaves(params, leaves))).toBe(
        `ParameterMismatch: The parameter ${gone} is of another kind.`,
      )
    }
  })

  it("gives every part its own values", () => {
    const values = params.leaves(p).map(([, leaf]) => leaf)
    expect(new Set(values).size).toBe(values.length)
  })

  it("of the wrong length is refused by the part that has none", async () => {
    const f = repeat(3)(scaled)
    const result = await run(f.forward(1))(hostEnv({ params: [{ w: 1 }], seed: 1 }))()
    expect(messageOf(result)).toBe(
      "ParameterMismatch: Part 1 has no parameters: only 1 parts were given. Use those that params.init makes for this network.",
    )
  })
})

// ---------------------------------------------------------- composition

describe("composition", () => {
  it("runs left to right, forwards and backwards", async () => {
    const f = F.pipe(named("add")(shift), andThen(named("times")(scaled)))
    const env = hostEnv({ params: { add: { b: 10 }, times: { w: 3 } }, seed: 1 })
    const [y, side] = right(await run(f.forward(4))(env)())
    expect(y).toBe(42)
    expect(right(await run(f.infer(4))(env)())).toBe(42)
    expect(right(await run(f.inverse(y, side))(env)())).toBe(4)
    expect(right(await run(f.pullback(y, side, 2))(env)())).toEqual({
      input: 4,
      cotangent: 6,
      grads: { add: { b: 6 }, times: { w: 28 } },
    })
  })

  it("of serial layers has the gradients of the chain rule, and a draw for each name", () => {
    const f = F.pipe(
      scale,
      serial<{ readonly v: number }, number, number>({
        params: Params.struct({ v: Params.number(() => 1) }),
        apply: ({ v }, x) => v * x * x,
        vjp: ({ v }, x) => ({
          value: v * x * x,
          held: [],
          pull: (dy) => ({ cotangent: 2 * v * x * dy, grads: { v: x * x * dy } }),
        }),
      }),
    )
    const { value, pull } = f.vjp({ w: 3, v: 5 }, 2, O.none)
    expect(value).toBe(f.apply({ w: 3, v: 5 }, 2, O.none))
    expect(value).toBe(180)
    expect(pull(1)).toEqual({ cotangent: 180, grads: { w: 120, v: 36 } })
  })

  it("tied shares one subtree, and adds its gradients", async () => {
    const f = F.pipe(
      named("wte")(scaled),
      andThen(named("middle")(scaled)),
      tied("wte")(F.pipe(named("wte")(scaled), andThen(named("norm")(scaled)))),
    )
    const p = f.params.init(Key.fromSeed(5))
    expect(f.params.leaves(p).map(([path]) => path)).toEqual(["wte/w", "middle/w", "norm/w"])
    expect(p.wte).toEqual(named("wte")(scaled).params.init(Key.fromSeed(5)).wte)
    expect(sameBits(right(Params.fromLeaves(f.params, new Map(f.params.leaves(p)))), p)).toBe(true)

    // y = n w m w x
    const [w, m, n, x] = [3, 5, 7, 2]
    const env = hostEnv({ params: { wte: { w }, middle: { w: m }, norm: { w: n } }, seed: 1 })
    const [y, side] = right(await run(f.forward(x))(env)())
    expect(y).toBe(n * w * m * w * x)
    const { grads, cotangent } = right(await run(f.pullback(y, side, 1))(env)())
    expect(cotangent).toBe(n * w * m * w)
    expect(grads).toEqual({
      wte: { w: n * m * w * x + n * w * m * x },
      middle: { w: n * w * w * x },
      norm: { w: w * m * w * x },
    })
    expect(Object.keys(f.params.add(p, p))).toHaveLength(3)
    expect(f.params.add(p, p).wte.w).toBe(2 * p.wte.w)
  })

  it("first carries the second half along, with its cotangent", async () => {
    const f = first<string>()(scaled)
    const env = hostEnv({ params: { w: 3 }, seed: 1 })
    const [b, side] = right(await run(f.forward([2, "mask"]))(env)())
    expect(b).toEqual([6, "mask"])
    expect(right(await run(f.infer([2, "mask"]))(env)())).toEqual([6, "mask"])
    expect(right(await run(f.inverse(b, side))(env)())).toEqual([2, "mask"])
    expect(right(await run(f.pullback(b, side, [1, "d"]))(env)())).toEqual({
      input: [2, "mask"],
      cotangent: [3, "d"],
      grads: { w: 2 },
    })
  })

  it("after a part without a cotangent is NotDifferentiable, with what to do", async () => {
    const tokens: Layer<{}, number, number> = {
      params: Params.none,
      apply: (_, x) => x,
      vjp: (_, x) => ({ value: x, held: [], pull: () => ({ cotangent: null, grads: {} }) }),
    }
    const f = F.pipe(named("scale")(scaled), andThen(named("tokens")(keep(space.value)(tokens))))
    const env = hostEnv({ params: { scale: { w: 1 }, tokens: {} }, seed: 1 })
    const [y, side] = right(await run(f.forward(2))(env)())
    expect(messageOf(await run(f.pullback(y, side, 1))(env)())).toMatch(
      /^NotDifferentiable: .* has no cotangent\. Move /,
    )
  })
})

describe("invert", () => {
  it("inverts a composition of isomorphisms, however it is nested", async () => {
    const f = F.pipe(
      named("a")(shift),
      andThen(F.pipe(negate, andThen(identity<number>()))),
      andThen(named("many")(repeat(3)(shift))),
      andThen(named("chain")(chain(shift, shift, 2))),
    )
    const back = invert(f)
    if (O.isNone(back)) throw new Error("an isomorphism has an inverse")
    const params = { a: { b: 1 }, many: [{ b: 2 }, { b: 3 }, { b: 4 }], chain: [{ b: 5 }, { b: 6 }] }
    const env = hostEnv({ params, seed: 1 })
    const [y, side] = right(await run(f.forward(8))(env)())
    expect(y).toBe(-9 + 20)
    expect(f.side.bits(side)).toBe(0)
    expect(right(await run(back.value.forward(y))(env)())).toEqual([8, null])
    expect(right(await run(back.value.inverse(8, null))(env)())).toBe(y)
    expect(right(await run(back.value.infer(y))(env)())).toBe(8)
    const twice = invert(back.value)
    expect(O.isSome(twice) && right(await run(twice.value.forward(8))(env)())[0]).toBe(y)
  })

  it("inverts couplings, which hold nothing under any plan", async () => {
    const owned = holdings()
    const layer = handleLayer(owned, numberLayer(0))
    const f = Coupling.fromResiduals({ space: handleSpace(owned, 9), f: layer, g: layer }, 2)
    const back = invert(f)
    if (O.isNone(back)) throw new Error("couplings have an inverse")
    const weights = { w: 0.5, v: 1, b: 0.25 }
    const params = [
      { f: weights, g: weights },
      { f: weights, g: weights },
    ]
    const pair = [owned.make(1.5), owned.make(-0.5)] as const
    const read = ([a, b]: typeof pair) => [owned.read(a), owned.read(b)]
    for (const plan of [Plan.reversed, Plan.taped, { "1": "keep", "0/f": "tape" } as const]) {
      const env: Env<typeof params> = {
        ...hostEnv({ params, seed: 1, plan }),
        scope: owned.scope,
        watch: handleWatch(owned),
      }
      const [there, side] = right(await run(f.forward(pair))(env)())
      const [again] = right(await run(back.value.forward(there))(env)())
      const once = right(await run(back.value.inverse(again, null))(env)())
      expect(read(again)).toEqual([1.5, -0.5])
      expect(read(once)).toEqual(read(there))
      owned.scope.release([there, side, again, once])
      expect(owned.held()).toBe(2)
    }
  })

  it("inverts midpoint and leapfrog chains, from what they return to what they were given", async () => {
    const h = { space, layer: numberLayer(0.5) }
    const params = Array.from({ length: 3 }, () => ({ w: 0.5, v: 1, b: 0.25 }))
    for (const scheme of [TwoStep.midpoint(space), TwoStep.leapfrog(space)]) {
      const f = TwoStep.fromResidual(h, scheme, 3)
      const back = invert(f)
      if (O.isNone(back)) throw new Error("these chains have an inverse")
      const env = hostEnv({ params, seed: 1, plan: Plan.taped })
      const [state] = right(await run(f.forward(1.5))(env)())
      expect(right(await run(back.value.forward(state))(env)())).toEqual([1.5, null])
      expect(right(await run(back.value.inverse(1.5, null))(env)())).toEqual(state)
      const expected = right(await run(f.infer(1.5))(env)())
      expect(expected).not.toEqual(state)
      expect(right(await run(back.value.infer(expected))(env)())).toBe(1.5)
    }
  })

  it("does not exist if a side carries information", () => {
    expect(O.isNone(invert(scaled))).toBe(true)
    expect(O.isNone(invert(F.pipe(negate, andThen(named("x")(scaled)))))).toBe(true)
    expect(O.isNone(invert(Bdia.fromResidual({ space, layer: numberLayer(0) }, 2)))).toBe(true)
    expect(O.isNone(invert(TwoStep.fromResidual({ space, layer: numberLayer(0) }, TwoStep.dyadic(space, 2), 2)))).toBe(
      true,
    )
    expect(O.isNone(invert(repeat(2)(scaled)))).toBe(true)
  })
})

// ---------------------------------------------------------------- plans

describe("a plan", () => {
  it("gives a path the choice of its nearest ancestor", () => {
    const plan: Plan = { "": "keep", blocks: "tape", "blocks/7": "reverse", "blocks/7/x": "keep" }
    expect(Plan.at(plan, [])).toBe("keep")
    expect(Plan.at(plan, ["head"])).toBe("keep")
    expect(Plan.at(plan, ["blocks"])).toBe("tape")
    expect(Plan.at(plan, ["blocks", "6"])).toBe("tape")
    expect(Plan.at(plan, ["blocks", "7"])).toBe("reverse")
    expect(Plan.at(plan, ["blocks", "7", "x", "y"])).toBe("keep")
    expect(Plan.at(plan, ["blocks7"])).toBe("keep")
    expect(Plan.at(Plan.reversed, ["a"])).toBe(undefined)
    expect(Plan.at(Plan.taped, ["a"])).toBe("tape")
  })

  it("lets keep leave its input, or its tape as well, and evaluates so often", async () => {
    let evaluations = 0
    const counting: typeof scale = {
      params: scale.params,
      apply: (...given) => {
        evaluations++
        return scale.apply(...given)
      },
      vjp: (...given) => {
        evaluations++
        return scale.vjp(...given)
      },
    }
    const f = keep(space.value)(counting)
    const under = async (plan: Plan) => {
      evaluations = 0
      const env = hostEnv({ params: { w: 3 }, seed: 1, plan })
      const [y, side] = right(await run(f.forward(2))(env)())
      const pulled = right(await run(f.pullback(y, side, 1))(env)())
      expect(pulled).toEqual({ input: 2, cotangent: 3, grads: { w: 2 } })
      return { tag: side._tag, evaluations, bits: f.side.bits(side) }
    }
    expect(await under(Plan.reversed)).toEqual({ tag: "kept", evaluations: 2, bits: 32 })
    expect(await under({ "": "keep" })).toEqual({ tag: "kept", evaluations: 2, bits: 32 })
    expect(await under({ "": "reverse" })).toEqual({ tag: "kept", evaluations: 2, bits: 32 })
    expect(await under(Plan.taped)).toEqual({ tag: "taped", evaluations: 1, bits: 32 })
  })

  it("applies to every block separately", async () => {
    const f = named("blocks")(Bdia.fromResidual({ space, layer: numberLayer(0) }, 4))
    const plan: Plan = { blocks: "tape", "blocks/1": "reverse", "blocks/3": "keep" }
    const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 1, plan })
    const [, [start, rest]] = right(await run(f.forward(1))(env)())
    expect([start, ...rest].map(({ _tag }) => _tag)).toEqual(["taped", "reversed", "taped", "kept"])
  })

  it("of reversal saves one bit per activation for each block except the first", async () => {
    const f = Bdia.fromResidual({ space, layer: numberLayer(0) }, 12)
    const env = hostEnv({ params: f.params.init(Key.fromSeed(1)), seed: 1 })
    const [, side] = right(await run(f.forward(1))(env)())
    expect(f.side.bits(side)).toBe(11)
  })
})

// --------------------------------------------------------------- errors

describe("a program", () => {
  it("turns what a layer throws into LayerFailed, at its path", async () => {
    const thrown = new TypeError("no such operation")
    const failing: typeof scale = {
      ...scale,
      apply: () => {
        throw thrown
      },
    }
    const f = named("net")(repeat(2)(keep(space.value)(failing)))
    const result = await run(f.forward(1))(hostEnv({ params: { net: [{ w: 1 }, { w: 1 }] }, seed: 1 }))()
    expect(messageOf(result)).toBe("LayerFailed: The layer at net/0 failed: no such operation")
    expect(E.isLeft(result) && result.left._tag === "LayerFailed" && result.left.cause).toBe(thrown)
    expect(E.isLeft(result) && isRevError(result.left)).toBe(true)
    expect(isRevError(thrown)).toBe(false)
  })

  it("refuses as many sides as do not fit its parts", async () => {
    const f = repeat(3)(scaled)
    const env = hostEnv({ params: [{ w: 1 }, { w: 1 }, { w: 1 }], seed: 1 })
    const [y, sides] = right(await run(f.forward(1))(env)())
    for (const wrong of [sides.slice(1), [...sides, ...sides]]) {
      expect(messageOf(await run(f.inverse(y, wrong))(env)())).toMatch(
        /^SideMismatch: 3 parts need 3 sides, but \d were/,
      )
      expect(messageOf(await run(f.pullback(y, wrong, 1))(env)())).toMatch(/^SideMismatch: 3 parts need/)
    }
  })

  it("formats its place in words", () => {
    expect(showPath([])).toBe("the network")
    expect(showPath(["blocks", "7"])).toBe("blocks/7")
  })

  it("has no depth below the first, and no fraction of a part", () => {
    for (const n of [0, -1, 1.5, Number.NaN]) {
      expect(() => chain(scaled, scaled, n)).toThrow(RangeError)
      expect(() => Bdia.fromResidual({ space, layer: numberLayer(0) }, n)).toThrow(RangeError)
    }
    for (const n of [-1, 1.5, Number.NaN]) expect(() => repeat(n)(scaled)).toThrow(RangeError)
  })

  it("of no parts returns its input", async () => {
    const f = repeat(0)(scaled)
    const env = hostEnv({ params: [], seed: 1 })
    expect(right(await run(f.forward(3))(env)())).toEqual([3, []])
    expect(right(await run(f.inverse(3, []))(env)())).toBe(3)
    expect(right(await run(f.pullback(3, [], 5))(env)())).toEqual({ input: 3, cotangent: 5, grads: [] })
  })
})
