/**
 * Combinators by example: depth, sharing, plans and inversion, on numbers.
 */
import { either as E, function as F, option as O } from "fp-ts"
import {
  andThen,
  Bdia,
  chain,
  Env,
  first,
  hostEnv,
  identity,
  invert,
  keep,
  Key,
  named,
  numberSpace,
  Params,
  Plan,
  repeat,
  run,
  runPromise,
  SideMismatch,
  tied,
  type Bijection,
  type Layer,
} from "bijou"
import { handleLayer, handleSpace, handleWatch, holdings, numberLayer } from "bijou/laws"
import { describe, expect, it } from "vitest"

const { value: codec } = numberSpace(9)

const scale = (rate: number): Layer<{ readonly scale: number }, number, number> => ({
  params: Params.struct({ scale: Params.number(() => rate) }),
  apply: (params, x) => params.scale * x,
  vjp: (params, x) => ({
    value: params.scale * x,
    held: [],
    pull: (dy) => ({ cotangent: params.scale * dy, grads: { scale: x * dy } }),
  }),
})

/** Halving, exactly undone by doubling: an isomorphism of its own, from nothing inside the library. */
const halve: Bijection<{}, number, number, null> = {
  ...identity<number>(),
  forward: (a) => () => E.right([a / 2, null]),
  inverse: (b) => () => E.right(b * 2),
  infer: (a) => () => E.right(a / 2),
  pullback: (b, _side, db) => () => E.right({ input: b * 2, cotangent: db / 2, grads: {} }),
}

describe("ten thousand blocks", () => {
  const deep = 10_000
  const owned = holdings()
  const layer = handleLayer(owned, numberLayer(0.25))
  const space = handleSpace(owned, 9)
  const envFor = <P>(params: P): Env<P> => Env.make({ params, seed: 1 }, owned.scope, handleWatch(owned))
  const chained = Bdia.fromResidual({ space, layer }, deep)

  it.each([["chain", chained]])("of a %s neither overflow the stack nor hold their activations", async (_, net) => {
    const env = envFor(net.params.init(Key.fromSeed(2)))
    const x = owned.make(0.5)
    owned.peak()
    const [state, side] = await runPromise(net.forward(x))(env)
    expect(owned.held()).toBe(3) // x and the two activations of the state
    expect(owned.peak()).toBeLessThan(20)
    const cotangent = [owned.make(0), owned.make(1)] as const
    const { input, cotangent: back, grads } = await runPromise(net.pullback(state, side, cotangent))(env)
    expect(owned.peak()).toBeLessThan(20)
    expect(owned.read(input)).toBe(0.5)
    expect(grads).toHaveLength(deep)
    owned.scope.release([x, input, back])
    expect(owned.held()).toBe(0)
  })

  it("of a repeated part neither overflow the stack nor hold what lies between them", async () => {
    const adding: Bijection<{}, typeof one, typeof one, null> = {
      ...identity<typeof one>(),
      forward: (a) => () => E.right([owned.make(owned.read(a) + 1), null]),
      inverse: (b) => () => E.right(owned.make(owned.read(b) - 1)),
      infer: (a) => () => E.right(owned.make(owned.read(a) + 1)),
    }
    const one = owned.make(1)
    const net = F.pipe(adding, repeat(deep))
    const env = envFor(net.params.init(Key.fromSeed(1)))
    owned.peak()
    const [end, side] = await runPromise(net.forward(one))(env)
    const start = await runPromise(net.inverse(end, side))(env)
    const inferred = await runPromise(net.infer(one))(env)
    expect(owned.peak()).toBeLessThan(10)
    expect([end, start, inferred].map(owned.read)).toEqual([deep + 1, 1, deep + 1])
    owned.scope.release([one, end, start, inferred])
    expect(owned.held()).toBe(0)
  })

  it("are refused where they are no whole number", () => {
    expect(() => F.pipe(identity<number>(), repeat(-1))).toThrow("a whole number of times, not -1")
    expect(() => chain(identity<number>(), identity<number>())(0)).toThrow("at least 1 part, not 0")
  })
})

describe("parts", () => {
  it("repeated no times are the identity", async () => {
    const net = F.pipe(halve, repeat(0))
    expect(await runPromise(net.forward(3))(hostEnv({ params: [], seed: 1 }))).toEqual([3, []])
  })

  it("with too few parameters or sides are refused", async () => {
    const net = F.pipe(halve, repeat(3))
    const few = await run(net.forward(1))(hostEnv({ params: [{}], seed: 1 }))()
    expect(few).toMatchObject({
      left: { _tag: "ParameterMismatch", message: "Part 1 has no parameters: 1 were given." },
    })
    const sides = await run(net.inverse(1, [null]))(hostEnv({ params: [{}, {}, {}], seed: 1 }))()
    expect(sides).toEqual(E.left(new SideMismatch("3 parts need as many sides, but 1 were given.")))
  })

  it("that carry a companion leave it as it was, with its cotangent", async () => {
    const net = first<string>()(F.pipe(keep(codec)(scale(3)), named("part")))
    const env = hostEnv({ params: { part: { scale: 3 } }, seed: 1 })
    const [b, side] = await runPromise(net.forward([2, "along"]))(env)
    expect(b).toEqual([6, "along"])
    expect(await runPromise(net.inverse(b, side))(env)).toEqual([2, "along"])
    expect(await runPromise(net.pullback(b, side, [1, "cotangent"]))(env)).toEqual({
      input: [2, "along"],
      cotangent: [3, "cotangent"],
      grads: { part: { scale: 2 } },
    })
  })
})

describe("tied parts", () => {
  const net = F.pipe(
    F.pipe(keep(codec)(scale(3)), named("shared")),
    tied("shared")(
      F.pipe(keep(codec)(scale(5)), named("shared"), andThen(F.pipe(keep(codec)(scale(7)), named("own")))),
    ),
  )

  it("have one subtree, made by the first", () => {
    const params = net.params.init(Key.fromSeed(1))
    expect(params).toEqual({ shared: { scale: 3 }, own: { scale: 7 } })
    expect(net.params.leaves(params)).toEqual([
      ["shared/scale", 3],
      ["own/scale", 7],
    ])
    expect(Params.fromLeaves(net.params, new Map(net.params.leaves(params)))).toEqual(E.right(params))
  })

  it("add their gradients: y = 7 s^2 x has dy/ds = 14 s x", async () => {
    const env = hostEnv({ params: { shared: { scale: 3 }, own: { scale: 7 } }, seed: 1 })
    const [y, side] = await runPromise(net.forward(2))(env)
    expect(y).toBe(7 * 9 * 2)
    const { grads, cotangent } = await runPromise(net.pullback(y, side, 1))(env)
    expect(grads).toEqual({ shared: { scale: 14 * 3 * 2 }, own: { scale: 9 * 2 } })
    expect(cotangent).toBe(63)
  })
})

describe("invert", () => {
  it("turns round any composition of isomorphisms", async () => {
    const there = F.pipe(halve, named("a"), andThen(F.pipe(halve, repeat(3), named("b"))))
    const back = invert(there)
    if (O.isNone(back)) throw new Error("A composition of isomorphisms was not inverted.")
    const env = hostEnv({ params: there.params.init(Key.fromSeed(1)), seed: 1 })
    expect(await runPromise(back.value.forward(1))(env)).toEqual([16, null])
    expect(await runPromise(back.value.inverse(16, null))(env)).toBe(1)
    expect(await runPromise(back.value.infer(1))(env)).toBe(16)
    expect(await run(back.value.pullback(16, null, 1))(env)()).toMatchObject({ left: { _tag: "NotDifferentiable" } })
  })

  it("has no answer where something is left behind", () => {
    expect(invert(F.pipe(halve, andThen(keep(codec)(scale(2)))))).toEqual(O.none)
    expect(invert(Bdia.fromResidual({ space: numberSpace(9), layer: scale(2) }, 3))).toEqual(O.none)
  })
})

describe("keep", () => {
  const net = F.pipe(keep(codec)(scale(3)), named("part"))
  it.each([
    [Plan.reversed, "kept"],
    [{ part: "keep" } satisfies Plan, "kept"],
    [Plan.taped, "taped"],
  ])("under the plan %j leaves its input %s, and the same gradients", async (plan, tag) => {
    const env = hostEnv({ params: { part: { scale: 3 } }, seed: 1, plan })
    const [b, side] = await runPromise(net.forward(2))(env)
    expect(side).toMatchObject({ _tag: tag, input: 2 })
    expect(net.side.bits(side)).toBe(32)
    expect(await runPromise(net.inverse(b, side))(env)).toBe(2)
    expect(await runPromise(net.pullback(b, side, 1))(env)).toEqual({
      input: 2,
      cotangent: 3,
      grads: { part: { scale: 2 } },
    })
    expect(await net.side.fromBytes(await net.side.toBytes(side)())()).toEqual(E.right({ _tag: "kept", input: 2 }))
  })

  it("reports what a layer throws with its path", async () => {
    const throwing: Layer<{}, number, number> = {
      params: Params.none,
      apply: () => {
        throw new Error("out of cheese")
      },
      vjp: () => {
        throw new Error("out of cheese")
      },
    }
    const failing = F.pipe(keep(codec)(throwing), named("inner"), named("outer"))
    const env = hostEnv({ params: { outer: { inner: {} } }, seed: 1 })
    expect(await run(failing.forward(1))(env)()).toMatchObject({
      left: {
        _tag: "LayerFailed",
        path: ["outer", "inner"],
        message: "The layer at outer/inner failed: out of cheese",
      },
    })
    await expect(runPromise(failing.infer(1))(env)).rejects.toMatchObject({ _tag: "LayerFailed" })
  })
})

describe("a plan", () => {
  it("chooses for a path, or for its nearest ancestor", () => {
    const plan: Plan = { "": "tape", blocks: "reverse", "blocks/3": "keep" }
    expect(
      [[], ["head"], ["blocks"], ["blocks", "2"], ["blocks", "3"], ["blocks", "3", "h"]].map((path) =>
        Plan.at(plan, path),
      ),
    ).toEqual(["tape", "tape", "reverse", "reverse", "keep", "keep"])
    expect(Plan.at(Plan.reversed, ["blocks"])).toBe(undefined)
  })
})

describe("parameters", () => {
  it("that miss a leaf are refused by its whole path", () => {
    const params = Params.named("blocks", Params.array(2, Params.struct({ w: Params.number(() => 1) })))
    const leaves = new Map<string, unknown>([["blocks/0/w", 1]])
    expect(Params.fromLeaves(params, leaves)).toMatchObject({
      left: { _tag: "ParameterMismatch", message: "The parameter blocks/1/w is missing." },
    })
    leaves.set("blocks/1/w", "two")
    expect(Params.fromLeaves(params, leaves)).toMatchObject({
      left: { message: "The parameter blocks/1/w is of another kind." },
    })
  })
})
