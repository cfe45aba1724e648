/**
 * Everything that each part evaluates, claims, owns and frees, recorded in order.
 */
import { either as E, function as F, option as O } from "fp-ts"
import {
  andThen,
  both,
  chain,
  dimap,
  Env,
  first,
  identity,
  invert,
  keep,
  Key,
  named,
  namedLayer,
  NotDifferentiable,
  Params,
  Plan,
  repeat,
  run,
  runPromise,
  serial,
  ShapeMismatch,
  rearrange,
  tied,
  type Bijection,
  type Draw,
  type Layer,
  type Side,
} from "bijou"
import type { Claim, Rebuilt } from "../../src/core/Watch.ts"
import type { Scope } from "../../src/core/Scope.ts"
import { describe, expect, it } from "vitest"

const key = Key.fromSeed(1)

/** Everything that a program released or kept, in order. */
const noting = (): { readonly scope: Scope; readonly notes: unknown[][] } => {
  const notes: unknown[][] = []
  return {
    notes,
    scope: {
      within: (body) => body(),
      own: (value) => {
        notes.push(["own", value])
        return value
      },
      release: (value) => void notes.push(["release", value]),
    },
  }
}

/** The environment of `params`, whose scope records its calls. */
const notingEnv = <P>(params: P, plan: Plan = Plan.reversed) => {
  const { scope, notes } = noting()
  const claims: Array<Claim | Rebuilt> = []
  const note = (claim: Claim | Rebuilt) => void claims.push(claim)
  const watch = { expect: note, observe: note, settle: async () => E.right(undefined) }
  return { env: Env.make({ params, seed: 1, plan }, scope, watch), notes, claims }
}

// --------------------------------------------------------------- layers

describe("layers", () => {
  /** Records its name, its input and the key of its draw, as text. */
  const told = <K extends string>(name: K): Layer<{ readonly [k in K]: number }, string, string> => {
    const say = (x: string, draw: O.Option<Draw>) => `${name}(${x}${O.isSome(draw) ? `, ${draw.value.key.low}` : ""})`
    return {
      // A computed key.
      params: Params.struct({ [name]: Params.number(() => 1) }) as unknown as Params<{ readonly [k in K]: number }>,
      apply: (_, x, draw) => say(x, draw),
      vjp: (_, x, draw) => ({
        value: say(x, draw),
        held: [`held ${name}`],
        // A computed key, too.
        pull: (dy) => ({ cotangent: `d${name}[${dy}]`, grads: { [name]: dy.length } as { readonly [k in K]: number } }),
      }),
    }
  }
  const draw = O.some({ key, samples: [0] })

  it("that are serial share one draw, and hold the value between them and all that each holds", () => {
    const f = F.pipe(told("f"), serial(told("g")))
    const p = { f: 1, g: 1 }
    const value = `g(f(x, ${key.low}), ${key.low})`
    expect(f.apply(p, "x", draw)).toBe(value)
    const recorded = f.vjp(p, "x", draw)
    expect(recorded).toMatchObject({ value, held: [`f(x, ${key.low})`, "held f", "held g"] })
    expect(recorded.pull("dy")).toEqual({ cotangent: "df[dg[dy]]", grads: { f: 6, g: 2 } })
    expect(f.params.leaves(f.params.init(key)).map(([path]) => path)).toEqual(["f", "g"])
  })

  it("that are serial after a part without a cotangent cannot be differentiated", () => {
    const stop: Layer<{ g: number }, string, string> = {
      ...told("g"),
      vjp: () => ({ value: "", held: [], pull: () => ({ cotangent: null, grads: { g: 0 } }) }),
    }
    const f = F.pipe(told("f"), serial(stop))
    expect(() => f.vjp({ f: 1, g: 1 }, "x", O.none).pull("dy")).toThrow(NotDifferentiable)
  })

  it("under a name have its parameters and its draw", () => {
    const f = namedLayer("n")(told("f"))
    const inner = Key.child("n")(key).low
    expect(f.params.leaves({ n: { f: 3 } })).toEqual([["n/f", 3]])
    expect(f.apply({ n: { f: 1 } }, "x", draw)).toBe(`f(x, ${inner})`)
    expect(f.apply({ n: { f: 1 } }, "x", O.none)).toBe("f(x)")
    const recorded = f.vjp({ n: { f: 1 } }, "x", draw)
    expect(recorded).toMatchObject({ value: `f(x, ${inner})`, held: ["held f"] })
    expect(recorded.pull("dy")).toEqual({ cotangent: "df[dy]", grads: { n: { f: 2 } } })
  })

  it("that are kept evaluate with the draw called layer, or at inference with none", async () => {
    const f = keep(textSide)(told("f"))
    const { env, notes, claims } = notingEnv({ f: 1 })
    const low = Key.child("layer")(env.key).low
    const [y, kept] = await runPromise(f.forward("x"))(env)
    expect([y, kept]).toEqual([`f(x, ${low})`, { _tag: "kept", input: "x" }])
    expect(await runPromise(f.inverse("other", kept))(env)).toBe("x")
    expect(await runPromise(f.infer("x"))(env)).toBe("f(x)")
    expect(notes.splice(0)).toEqual([
      ["own", "x"],
      ["own", "x"],
    ])
    expect(claims).toEqual([])
    const pulled = await runPromise(f.pullback("given", kept, "dy"))(env)
    expect(pulled).toEqual({ input: "x", cotangent: "df[dy]", grads: { f: 2 } })
    expect(claims).toEqual([{ _tag: "Same", place: { path: [], step: 0 }, rebuilt: "given", recorded: y }])
    expect(notes).toEqual([
      ["own", "x"],
      ["release", ["given", kept, "dy"]],
    ])
  })

  it("that are taped evaluate once and claim nothing", async () => {
    const f = keep(textSide)(told("f"))
    const { env, notes, claims } = notingEnv({ f: 1 }, Plan.taped)
    const [y, kept] = await runPromise(f.forward("x"))(env)
    expect(kept).toMatchObject({ _tag: "taped", input: "x", tape: { value: y } })
    expect(notes.splice(0)).toEqual([["own", "x"]])
    expect(await runPromise(f.pullback("given", kept, "dy"))(env)).toMatchObject({ input: "x", cotangent: "df[dy]" })
    expect(claims).toEqual([])
  })
})

const textSide: Side<string> = {
  only: O.none,
  bits: (text) => 8 * text.length,
  toBytes: (text) => async () => new TextEncoder().encode(text),
  fromBytes: (bytes) => async () => E.right(new TextDecoder().decode(bytes)),
  release: () => {},
}

// --------------------------------------------------------------- owners

/** Appends its letter, and removes it: the result shows what was computed, and from what. */
const letter = <K extends string>(name: K): Bijection<{ readonly [k in K]: number }, string, string, string> => ({
  // A computed key.
  params: Params.struct({ [name]: Params.number(() => 1) }) as unknown as Params<{ readonly [k in K]: number }>,
  side: textSide,
  forward: (a) => (env) => E.right([`${a}${name}`, `side of ${name}${env.path.join()}`]),
  inverse: (b, side) => (env) => E.right(`${b}-${side}@${env.path.join()}`),
  infer: (a) => (env) => E.right(`${a}${name}?${env.path.join()}`),
  pullback: (b, side, db) => (env) =>
    E.right({
      input: `${b}<${side}@${env.path.join()}`,
      cotangent: `${db}'${name}`,
      grads: { [name]: db.length } as { readonly [k in K]: number }, // a computed key
    }),
})

/** Nothing can be pulled back through it. */
const stopping = <K extends string>(name: K): Bijection<{ readonly [k in K]: number }, string, string, string> => ({
  ...letter(name),
  // A computed key.
  pullback: (b) => () => E.right({ input: b, cotangent: null, grads: { [name]: 0 } as { readonly [k in K]: number } }),
})

const failed = new ShapeMismatch("failed")
const failing: Bijection<{ readonly x: number }, string, string, string> = {
  ...letter("x"),
  forward: () => () => E.left(failed),
  inverse: () => () => E.left(failed),
  infer: () => () => E.left(failed),
  pullback: () => () => E.left(failed),
}

describe("a composition of two", () => {
  const f = F.pipe(letter("f"), andThen(letter("g")))
  const p = { f: 1, g: 1 }

  it("frees the value between them as soon as the second has used it", async () => {
    const { env, notes } = notingEnv(p)
    expect(await runPromise(f.forward("a"))(env)).toEqual(["afg", ["side of f", "side of g"]])
    expect(await runPromise(f.inverse("c", ["s", "u"]))(env)).toBe("c-u@-s@")
    expect(await runPromise(f.infer("a"))(env)).toBe("af?g?")
    expect(notes.splice(0)).toEqual([
      ["release", "af"],
      ["release", "c-u@"],
      ["release", "af?"],
    ])
    expect(await runPromise(f.pullback("c", ["s", "u"], "dc"))(env)).toEqual({
      input: "c<u@<s@",
      cotangent: "dc'g'f",
      grads: { f: 4, g: 2 },
    })
    expect(notes).toEqual([]) // a pullback consumes its arguments, so each part frees its own
  })

  it("fails where a part fails, and needs the cotangent of the value between", async () => {
    const { env } = notingEnv({ f: 1, x: 1 })
    const broken = F.pipe(letter("f"), andThen(failing))
    expect(await run(broken.forward("a"))(env)()).toEqual(E.left(failed))
    expect(await run(broken.pullback("c", ["s", "u"], "dc"))(env)()).toEqual(E.left(failed))
    const stopped = F.pipe(letter("f"), andThen(stopping("x")))
    expect(await run(stopped.pullback("c", ["s", "u"], "dc"))(Env.child(env, "net", { f: 1, x: 1 }))()).toMatchObject({
      left: { _tag: "NotDifferentiable", path: ["net"], message: expect.stringMatching(/^The output of the first of/) },
    })
  })

  it("that is tied adds the gradients of what is shared, the first part's on the left", async () => {
    const text = Params.leaf({ init: () => "", add: (x, y) => x + y, is: (x) => typeof x === "string" })
    const part = (grad: string): Bijection<{ readonly w: string }, string, string, string> => ({
      ...letter("w"),
      params: Params.struct({ w: text }),
      forward: (a) => () => E.right([a, ""]),
      inverse: (b) => () => E.right(b),
      infer: (a) => () => E.right(a),
      pullback: (b, _, db) => () => E.right({ input: b, cotangent: db, grads: { w: grad } }),
    })
    const both = F.pipe(part("f"), tied("w")(part("g")))
    const { grads } = await runPromise(both.pullback("c", ["s", "u"], "dc"))(notingEnv({ w: "" }).env)
    expect(grads).toEqual({ w: "fg" })
  })

  it("that is tied needs the name in its first part", () => {
    const shared = letter("w")
    expect(() => tied("w")(shared)(letter("v") as unknown as typeof shared)).toThrow(
      "The first part has no parameter called w.",
    )
  })
})

describe("a chain in a loop", () => {
  const p = [{ f: 1 }, { f: 1 }, { f: 1 }]
  const sides = ["0", "1", "2"]

  it("repeated frees every activation but the first and the last, and borrows what it is given", async () => {
    const f = repeat(3)(letter("f"))
    const { env, notes } = notingEnv(p)
    expect(await runPromise(f.forward("a"))(env)).toEqual(["afff", ["side of f0", "side of f1", "side of f2"]])
    expect(notes.splice(0)).toEqual([
      ["release", "af"],
      ["release", "aff"],
    ])
    expect(await runPromise(f.inverse("b", sides))(env)).toBe("b-2@2-1@1-0@0")
    expect(notes.splice(0)).toEqual([
      ["release", "b-2@2"],
      ["release", "b-2@2-1@1"],
    ])
    expect(await runPromise(f.infer("a"))(env)).toBe("af?0f?1f?2")
    expect(notes.splice(0)).toEqual([
      ["release", "af?0"],
      ["release", "af?0f?1"],
    ])
    expect(await runPromise(f.pullback("b", sides, "d"))(env)).toEqual({
      input: "b<2@2<1@1<0@0",
      cotangent: "d'f'f'f",
      grads: [{ f: 5 }, { f: 3 }, { f: 1 }],
    })
    expect(notes).toEqual([])
  })

  it("of nothing owns what it returns", async () => {
    const f = repeat(0)(letter("f"))
    const { env, notes } = notingEnv<ReadonlyArray<{ readonly f: number }>>([])
    await runPromise(f.forward("a"))(env)
    await runPromise(f.inverse("b", []))(env)
    await runPromise(f.infer("c"))(env)
    expect(notes).toEqual([
      ["own", "a"],
      ["own", "b"],
      ["own", "c"],
    ])
  })

  it("after a first part frees its output", async () => {
    const f = chain(letter("f"), letter("f"), 3)
    const { env, notes } = notingEnv(p)
    expect(await runPromise(f.forward("a"))(env)).toEqual(["afff", ["side of f0", ["side of f1", "side of f2"]]])
    expect(notes.splice(0)).toEqual([
      ["release", "af"],
      ["release", "aff"],
    ])
    expect(await runPromise(f.inverse("b", ["0", ["1", "2"]]))(env)).toBe("b-2@2-1@1-0@0")
    expect(notes.splice(0)).toEqual([
      ["release", "b-2@2"],
      ["release", "b-2@2-1@1"],
    ])
    expect(await runPromise(f.infer("a"))(env)).toBe("af?0f?1f?2")
    expect(notes.splice(0)).toEqual([
      ["release", "af?0"],
      ["release", "af?0f?1"],
    ])
    expect(await runPromise(f.pullback("b", ["0", ["1", "2"]], "d"))(env)).toEqual({
      input: "b<2@2<1@1<0@0",
      cotangent: "d'f'f'f",
      grads: [{ f: 5 }, { f: 3 }, { f: 1 }],
    })
    const alone = chain(letter("f"), letter("f"), 1)
    const one = notingEnv([{ f: 1 }])
    expect(await runPromise(alone.forward("a"))(one.env)).toEqual(["af", ["side of f0", []]])
    expect(await runPromise(alone.inverse("b", ["0", []]))(one.env)).toBe("b-0@0")
    expect(await runPromise(alone.infer("a"))(one.env)).toBe("af?0")
    // The empty loop returns its own handle only in the backward pass: in the forward pass it owns the first part's
    // output.
    expect(one.notes).toEqual([
      ["own", "b"],
      ["release", "b"],
    ])
  })

  it("fails where a part fails, or has no cotangent, or no parameters", async () => {
    const broken = repeat(2)(failing)
    const { env } = notingEnv([{ x: 1 }, { x: 1 }])
    expect(await run(broken.forward("a"))(env)()).toEqual(E.left(failed))
    expect(await run(broken.inverse("a", ["0", "1"]))(env)()).toEqual(E.left(failed))
    expect(await run(broken.pullback("a", ["0", "1"], "d"))(env)()).toEqual(E.left(failed))
    const stopped = await run(repeat(3)(stopping("f")).pullback("b", sides, "d"))(notingEnv(p).env)()
    expect(stopped).toMatchObject({
      left: {
        message: "The output of part 1 at the network has no cotangent. Move the parts that need a gradient after it.",
      },
    })
    const first = await run(chain(letter("f"), stopping("f"), 2).pullback("b", ["0", ["1"]], "d"))(notingEnv(p).env)()
    expect(first).toMatchObject({
      left: { _tag: "NotDifferentiable", message: expect.stringMatching(/^The output of the first part at/) },
    })
    const last = await run(repeat(1)(stopping("f")).pullback("b", ["0"], "d"))(notingEnv(p).env)()
    expect(last).toMatchObject({ right: { input: "b", cotangent: null } })
    const wrong = await run(chain(letter("f"), letter("f"), 3).inverse("b", ["0", ["1"]]))(notingEnv(p).env)()
    expect(wrong).toMatchObject({ left: { message: "2 parts need 2 sides, but 1 were given." } })
    const missing = await run(repeat(3)(letter("f")).infer("a"))(notingEnv([{ f: 1 }]).env)()
    expect(missing).toMatchObject({ left: { _tag: "ParameterMismatch" } })
  })

  it("has a side, and parameters, for each part", () => {
    const f = chain(letter("f"), letter("f"), 3)
    expect(f.params.init(key)).toEqual(p)
    expect(f.side.bits(["a", ["b", "c"]])).toBe(24)
    expect(repeat(3)(letter("f")).side.bits(["a", "b", "c"])).toBe(24)
    expect(repeat(3)(letter("f")).params.init(key)).toEqual(p)
    expect(() => repeat(-1)(letter("f"))).toThrow("The number of repetitions must be an integer of at least 0, not -1.")
    expect(() => chain(letter("f"), letter("f"), 0)).toThrow("at least 1, not 0.")
  })
})

describe("two parts side by side", () => {
  it("each have their half, and free both cotangents where one has none", async () => {
    const f = F.pipe(letter("f"), both(letter("g")))
    const { env, notes } = notingEnv({ f: 1, g: 1 })
    expect(await runPromise(f.forward(["a", "c"]))(env)).toEqual([
      ["af", "cg"],
      ["side of f", "side of g"],
    ])
    expect(await runPromise(f.inverse(["b", "d"], ["s", "u"]))(env)).toEqual(["b-s@", "d-u@"])
    expect(await runPromise(f.infer(["a", "c"]))(env)).toEqual(["af?", "cg?"])
    expect(await runPromise(f.pullback(["b", "d"], ["s", "u"], ["db", "ddd"]))(env)).toEqual({
      input: ["b<s@", "d<u@"],
      cotangent: ["db'f", "ddd'g"],
      grads: { f: 2, g: 3 },
    })
    expect(notes).toEqual([])
    const left = F.pipe(stopping("f"), both(letter("g")))
    expect(await runPromise(left.pullback(["b", "d"], ["s", "u"], ["db", "dd"]))(env)).toEqual({
      input: ["b", "d<u@"],
      cotangent: null,
      grads: { f: 0, g: 2 },
    })
    expect(notes.splice(0)).toEqual([["release", [null, "dd'g"]]])
    const right = F.pipe(letter("f"), both(stopping("g")))
    expect((await runPromise(right.pullback(["b", "d"], ["s", "u"], ["db", "dd"]))(env)).cotangent).toBe(null)
    expect(notes).toEqual([["release", ["db'f", null]]])
  })
})

describe("a part between two isomorphisms", () => {
  const before = rearrange<string, string>(
    (z) => `<${z}`,
    (a) => `${a}>`,
  )
  const after = rearrange<string, string>(
    (b) => `[${b}`,
    (c) => `${c}]`,
  )

  it("has the value between freed as soon as it is used", async () => {
    const f = dimap(before, after)(letter("f"))
    const { env, notes } = notingEnv({ f: 1 })
    const released = () => notes.splice(0).filter(([what]) => what === "release")
    expect(await runPromise(f.forward("z"))(env)).toEqual(["[<zf", "side of f"])
    expect(released()).toEqual([
      ["release", "<z"],
      ["release", "<zf"],
    ])
    expect(await runPromise(f.inverse("c", "s"))(env)).toBe("c]-s@>")
    expect(released()).toEqual([
      ["release", "c]"],
      ["release", "c]-s@"],
    ])
    expect(await runPromise(f.infer("z"))(env)).toBe("[<zf?")
    expect(released()).toEqual([
      ["release", "<z"],
      ["release", "<zf?"],
    ])
    expect(await runPromise(f.pullback("c", "s", "dc"))(env)).toEqual({
      input: "c]<s@>",
      cotangent: "dc]'f>",
      grads: { f: 3 },
    })
    expect(released()).toEqual([
      ["release", ["c", "dc"]],
      ["release", ["c]<s@", "dc]'f"]],
    ])
    const stopped = dimap(before, after)(stopping("f"))
    expect(await runPromise(stopped.pullback("c", "s", "dc"))(env)).toEqual({
      input: "c]>",
      cotangent: null,
      grads: { f: 0 },
    })
    expect(released()).toEqual([
      ["release", ["c", "dc"]],
      ["release", "c]"],
    ])
  })

  it("needs the cotangent of the value after it", async () => {
    const blocked: typeof after = { ...after, pullback: (c) => () => E.right({ input: c, cotangent: null, grads: {} }) }
    const { env } = notingEnv({ f: 1 })
    expect(await run(dimap(before, blocked)(letter("f")).pullback("c", "s", "dc"))(env)()).toMatchObject({
      left: { _tag: "NotDifferentiable", message: expect.stringMatching(/^The isomorphism after a part/) },
    })
  })
})

describe("identity, first, named and invert", () => {
  it("own what they pass on, and give up what they consume", async () => {
    const { env, notes } = notingEnv({})
    const one = identity<string>()
    expect(await runPromise(one.forward("a"))(env)).toEqual(["a", null])
    expect(await runPromise(one.inverse("b", null))(env)).toBe("b")
    expect(await runPromise(one.infer("c"))(env)).toBe("c")
    expect(notes.splice(0)).toEqual([
      ["own", "a"],
      ["own", "b"],
      ["own", "c"],
    ])
    expect(await runPromise(one.pullback("a", null, "d"))(env)).toEqual({ input: "a", cotangent: "d", grads: {} })
    expect(notes).toEqual([])
  })

  it("of a pair own the second half, and free its cotangent where the first has none", async () => {
    const f = first<string>()(letter("f"))
    const { env, notes } = notingEnv({ f: 1 })
    expect(await runPromise(f.forward(["a", "c1"]))(env)).toEqual([["af", "c1"], "side of f"])
    expect(await runPromise(f.inverse(["b", "c2"], "s"))(env)).toEqual(["b-s@", "c2"])
    expect(await runPromise(f.infer(["a", "c3"]))(env)).toEqual(["af?", "c3"])
    expect(notes.splice(0)).toEqual([
      ["own", "c1"],
      ["own", "c2"],
      ["own", "c3"],
    ])
    const pulled = await runPromise(f.pullback(["b", "c"], "s", ["d", "dc"]))(env)
    expect(pulled).toEqual({ input: ["b<s@", "c"], cotangent: ["d'f", "dc"], grads: { f: 1 } })
    expect(notes).toEqual([])
    const stopped = first<string>()(stopping("f"))
    expect(await runPromise(stopped.pullback(["b", "c"], "s", ["d", "dc"]))(env)).toMatchObject({ cotangent: null })
    expect(notes).toEqual([["release", "dc"]])
  })

  it("of a name put it on the path, in the parameters and in the gradients", async () => {
    const f = named("n")(letter("f"))
    const { env } = notingEnv({ n: { f: 1 } })
    expect(await runPromise(f.forward("a"))(env)).toEqual(["af", "side of fn"])
    expect(await runPromise(f.inverse("b", "s"))(env)).toBe("b-s@n")
    expect(await runPromise(f.infer("a"))(env)).toBe("af?n")
    expect((await runPromise(f.pullback("b", "s", "d"))(env)).grads).toEqual({ n: { f: 1 } })
  })

  it("inverted, an isomorphism has no gradient", async () => {
    const back = invert(named("i")(identity<string>()))
    if (O.isNone(back)) throw new Error("an isomorphism has an inverse")
    const { env } = notingEnv({ i: {} })
    expect(await run(back.value.pullback("a", null, "d"))(env)()).toMatchObject({
      left: { _tag: "NotDifferentiable", message: expect.stringMatching(/^The inverse of a bijection at the network/) },
    })
    expect(await runPromise(back.value.forward("a"))(env)).toEqual(["a", null])
    expect(back.value.side.bits(null)).toBe(0)
  })
})
