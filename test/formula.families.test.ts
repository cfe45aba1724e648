/**
 * The families on expressions: what each rule of SPEC.md, section 8, computes in every direction, what it claims, and what
 * it frees.
 */
import { option as O } from "fp-ts"
import {
  Coupling,
  gammas,
  haar,
  Key,
  Momentum,
  Plan,
  Rational,
  TwoStep,
  Params,
  type Bijection,
  type Claim,
  type Layer,
  type Scheme,
  type Two,
} from "bijou"
import { describe, expect, test } from "vitest"
import { context, layer, samples, seed, space, told } from "./expressions.ts"

// ---------------------------------------------------------------- model

/** The layer with its parameter in a record. */
const boxed: Layer<{ readonly h: string }, readonly [string, string], string> = {
  params: Params.struct({ h: layer.params }),
  apply: ({ h: p }, input, draw) => layer.apply(p, input, draw),
  vjp: ({ h: p }, input, draw) => {
    const { value, held, pull } = layer.vjp(p, input, draw)
    return {
      value,
      held,
      pull: (dy) => {
        const { cotangent, grads } = pull(dy)
        return { cotangent, grads: { h: grads } }
      },
    }
  },
}
const h = { space, context, layer: boxed }
const params = [{ h: "h0" }, { h: "h1" }]
const nothing = { _tag: "reversed", side: null } as const
const state = ["c", ["a", "b"]] as const
const cotangent = ["dc", ["da", "db"]] as const

const key = (...names: ReadonlyArray<string>) =>
  names.reduce((at, name) => Key.child(name)(at), Key.step(0)(Key.fromSeed(seed)))
/** A function of the context and x, drawing at this path. */
const value = (name: string, x: string, ...path: ReadonlyArray<string>) =>
  `${name}(c, ${x}; ${key(...path, "residual").low}, ${samples})`
const sign = gammas({ key: key("1", "gamma"), samples }).map((g) => 2 * g)
const signs = (size: number) => String(sign.map((s) => s * size))
const both = (c: number) => `${c},${c}`
const zero = (x: string) => `(${x} - ${x})`

/** A claim in a line: what is claimed, of which part, and of what. */
const line = (claim: Claim): string => {
  const at = `${claim._tag} at ${claim.place.path.join("/")}:`
  switch (claim._tag) {
    case "InRange":
      return `${at} ${claim.x}${claim.rebuilt === true ? ", rebuilt" : ""}`
    case "OnGrid":
      return `${at} ${claim.x} is ${claim.rounded}`
    case "Same":
      return `${at} ${claim.rebuilt} is ${claim.recorded}`
    case "Rebuilt":
      return `${at} ${claim.x}`
  }
}
const enters = (path: string, x: string) => [`InRange at ${path}: ${x}`, `OnGrid at ${path}: ${x} is Q(${x})`]
const leaves = ["Same at : Q(a) is a", "Same at : Q(b) is b"]

// ------------------------------------------------------------- couplings

describe("a coupling", () => {
  const f = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 1)
  const weights = [{ f: "f", g: "g" }]
  const sides = [[nothing, nothing]] as const
  const [fOf, gOf] = [(x: string) => value("f", x, "0", "f"), (x: string) => value("g", x, "0", "g")]

  test("adds f of the second half, then g of the first", async () => {
    const { result, claims, freed } = await told(f.forward(state), weights)
    const a = `(a + Q(${fOf("b")}))`
    const b = `(b + Q(${gOf(a)}))`
    expect(result).toEqual([["c", [a, b]], sides])
    expect(claims.map(line)).toEqual([
      ...enters("", "a"),
      ...enters("", "b"),
      `InRange at 0/f: ${a}`,
      `InRange at 0/g: ${b}`,
    ])
    expect(freed).toEqual(expect.arrayContaining([fOf("b"), gOf(a)]))
  })

  const b = `(b - Q(${gOf("a")}))`
  const a = `(a - Q(${fOf(b)}))`

  test("takes g away, then f", async () => {
    const { result, claims } = await told(f.inverse(state, sides), weights)
    expect(result).toEqual(["c", [a, b]])
    expect(claims.map(line)).toEqual([`Rebuilt at 0/g: ${b}`, `Rebuilt at 0/f: ${a}`])
  })

  test("computes the same at inference, without a draw", async () => {
    const { result, claims } = await told(f.infer(state), weights)
    expect(result).toEqual(["c", ["(a + Q(f(c, b)))", "(b + Q(g(c, (a + Q(f(c, b))))))"]])
    expect(claims.map(line)).toEqual([
      ...enters("", "a"),
      ...enters("", "b"),
      "InRange at 0/f: (a + Q(f(c, b)))",
      "InRange at 0/g: (b + Q(g(c, (a + Q(f(c, b))))))",
    ])
  })

  test("pulls a cotangent back through g, then through f", async () => {
    const { result, claims } = await told(f.pullback(state, sides, cotangent), weights)
    const da = "(da + jx_g[db])"
    expect(result).toEqual({
      input: ["c", [a, b]],
      cotangent: [`((dc & jc_g[db]) & jc_f[${da}])`, [da, `(db + jx_f[${da}])`]],
      grads: [{ f: `jp_f[${da}]`, g: "jp_g[db]" }],
    })
    expect(claims.map(line)).toEqual([
      ...leaves,
      `Rebuilt at 0/g: ${b}`,
      `Rebuilt at 0/f: ${a}`,
      `InRange at : ${a}, rebuilt`,
      `InRange at : ${b}, rebuilt`,
    ])
  })

  test("claims nothing on the way back of an end that was kept", async () => {
    const claimed = async (plan: Plan) => {
      const [after, held] = (await told(f.forward(state), weights, plan)).result
      const pulled = await told(f.pullback(after, held, cotangent), weights, plan)
      expect(pulled.result.input[0]).toBe("c")
      return pulled.claims.map(({ _tag }) => _tag)
    }
    expect(await claimed(Plan.taped)).toEqual([])
    expect(await claimed({ "": "keep" })).toEqual([])
    expect(await claimed({ "0/f": "tape" })).toEqual(["Same", "Same", "Rebuilt"])
    expect(await claimed({ "0/g": "keep" })).toEqual(["Rebuilt", "InRange", "InRange"])
    const two = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 2)
    const both = [...weights, ...weights]
    const [end, side] = (await told(two.forward(state), both, { "1/g": "tape" })).result
    expect((await told(two.pullback(end, side, cotangent), both)).claims.map(({ _tag }) => _tag)).not.toContain("Same")
    const none = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 0)
    expect((await told(none.pullback(state, [], cotangent), [])).claims).toEqual([])
  })
})

// ------------------------------------------------------- two-step chains

/** Two blocks by a scheme: `scaled` is g x_0, `added` what x_1 adds, `undone` the way back from a sum less that. */
const twoStep = <S>(
  name: string,
  scheme: Scheme<string, S>,
  side: S,
  rule: {
    readonly scaled: readonly [value: string, left: S]
    readonly expected: (x: string, h: string) => string
    readonly added: (x: string, h: string) => string
    readonly undone: (difference: string) => string
    readonly pulled: string
    readonly straight: string
    readonly scaledCotangent: string
  },
): void => {
  describe(name, () => {
    const f = TwoStep.fromContextResidual(h, scheme, 2)
    const sides = [nothing, [[side, nothing]]] as const
    const difference = `(b - ${rule.added("a", value("h1", "a", "1"))})`
    const begin = rule.undone(difference)

    test("scales the activation before the last, and adds a function of the last", async () => {
      const { result, claims, freed } = await told(f.forward(["c", "x"]), params)
      const one = `(x + Q(${value("h0", "x", "0")}))`
      const two = `(${rule.scaled[0]} + ${rule.added(one, value("h1", one, "1"))})`
      expect(result).toEqual([
        ["c", [one, two]],
        [nothing, [[rule.scaled[1], nothing]]],
      ])
      expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
      expect(freed).toEqual(expect.arrayContaining([value("h0", "x", "0"), value("h1", one, "1")]))
    })

    test("takes the function away, and scales back", async () => {
      const { result, claims } = await told(f.inverse(state, sides), params)
      expect(result).toEqual(["c", begin])
      expect(claims.map(line)).toEqual([`Rebuilt at 1: ${difference}`])
    })

    test("has the expectation of gamma at inference", async () => {
      const { result, claims } = await told(f.infer(["c", "x"]), params)
      const one = "(x + Q(h0(c, x)))"
      const two = rule.expected(one, `h1(c, ${one})`)
      expect(result).toEqual(["c", [one, two]])
      expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
    })

    test("pulls a cotangent back", async () => {
      const { result, claims } = await told(f.pullback(state, sides, cotangent), params)
      const dx = `(${rule.straight} + jx_h1[${rule.pulled}])`
      expect(result).toEqual({
        input: ["c", begin],
        cotangent: [
          `((dc & jc_h1[${rule.pulled}]) & jc_h0[${dx}])`,
          `((${rule.scaledCotangent} + ${dx}) + jx_h0[${dx}])`,
        ],
        grads: [{ h: `jp_h0[${dx}]` }, { h: `jp_h1[${rule.pulled}]` }],
      })
      expect(claims.map(line)).toEqual([
        ...leaves,
        `Rebuilt at 1: ${difference}`,
        `Same at 0: (${begin} + Q(${value("h0", begin, "0")})) is a`,
        `InRange at 0: ${begin}, rebuilt`,
      ])
    })
  })
}

const midpoint = (_x: string, hx: string) => `Q((${hx} + ${hx}))`
twoStep("the midpoint rule", TwoStep.midpoint(space), null, {
  scaled: ["x", null],
  expected: (x, hx) => `(x + ${midpoint(x, hx)})`,
  added: midpoint,
  undone: (difference) => difference,
  pulled: "(db + db)",
  straight: "da",
  scaledCotangent: "db",
})

const verlet = (x: string, hx: string) => `((${x} + ${x}) + Q(${hx}))`
const negated = (x: string) => `(${zero(x)} - ${x})`
twoStep("leapfrog", TwoStep.leapfrog(space), null, {
  scaled: [negated("x"), null],
  expected: (x, hx) => `(${negated("x")} + ${verlet(x, hx)})`,
  added: verlet,
  undone: negated,
  pulled: "db",
  straight: "(da + (db + db))",
  scaledCotangent: `${both(-1)}*db`,
})

const lifted = `${both(1 / 2)}*(x + s(x)u)`
twoStep("a gamma of +-1/4", TwoStep.dyadic(space, 2), ["s", "t"], {
  scaled: [`${signs(1 / 2)}*(${lifted} + s(${lifted})u)`, ["s(x)", `s(${lifted})`]],
  expected: (x, hx) => `(${zero("x")} + D[${both(0)}](${x}, ${hx}))`,
  added: (x, hx) => `D[${signs(1 / 4)}](${x}, ${hx})`,
  undone: (difference) => `(${both(2)}*(${signs(2)}*${difference} - tu) - su)`,
  pulled: `${String(sign.map((s) => 1 + s / 4))}*db`,
  straight: `(da + ${String(sign.map((s) => 1 - s / 4))}*db)`,
  scaledCotangent: `${signs(1 / 4)}*db`,
})

test("block 0 frees the state that it is given where its input was kept", async () => {
  const f = TwoStep.fromContextResidual(h, TwoStep.midpoint(space), 1)
  for (const plan of [Plan.taped, { "0": "keep" } as const]) {
    const [, side] = (await told(f.forward(["c", "x"]), [{ h: "h0" }], plan)).result
    const { result, freed } = await told(f.pullback(state, side, cotangent), [{ h: "h0" }], plan)
    expect(result.input).toEqual(["c", "x"])
    expect(freed).toContainEqual(["a", "b"])
  }
})

// ------------------------------------------------------- with a buffer

/** 3/5 of x through a buffer of digits B, and back. */
const scaled = (x: string, digits: string) => {
  const within = `(${both(5)}*${digits} + (${x} mod 5))`
  return { x: `(${both(3)}*(${x} div 5) + (${within} mod 3))`, digits: `(${within} div 3)` }
}
const unscaled = (x: string) => {
  const within = `(${both(3)}*B + (${x} mod 3))`
  return { x: `(${both(5)}*(${x} div 3) + (${within} mod 5))`, digits: `(${within} div 5)` }
}
const ratio = { n: 3, d: 5 }
const buffer = { steps: 1, digits: "B" }

describe("a gamma of +-3/5", () => {
  const f = Rational.fromContextResidual(h, ratio, 2)
  const sides = [[nothing, [[null, nothing]]], buffer] as const
  const drift = (x: string, hx: string) => `D[${signs(3 / 5)}](${x}, ${hx})`
  const difference = `(b - ${drift("a", value("h1", "a", "1"))})`
  const before = unscaled(`${signs(1)}*${difference}`)
  const empty = `Same at 0: ${before.digits} is ${zero(before.digits)}`

  test("scales the activation before the last through the buffer, which is left behind", async () => {
    const { result, claims } = await told(f.forward(["c", "x"]), params)
    const one = `(x + Q(${value("h0", "x", "0")}))`
    const after = scaled("x", zero("x"))
    const two = `(${signs(1)}*${after.x} + ${drift(one, value("h1", one, "1"))})`
    expect(result).toEqual([
      ["c", [one, two]],
      [[nothing, [[null, nothing]]], { steps: 1, digits: after.digits }],
    ])
    expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
  })

  test("scales back, to an empty buffer", async () => {
    const { result, claims } = await told(f.inverse(state, sides), params)
    expect(result).toEqual(["c", before.x])
    expect(claims.map(line)).toEqual([`Rebuilt at 1: ${difference}`, empty])
    const full = [sides[0], { steps: 2, digits: "B" }] as const
    await expect(told(f.inverse(state, full), params)).rejects.toMatchObject({ _tag: "Irreversible", path: ["0"] })
  })

  test("is the plain network at inference", async () => {
    const { result } = await told(f.infer(["c", "x"]), params)
    const one = "(x + Q(h0(c, x)))"
    expect(result).toEqual(["c", [one, `(${zero("x")} + D[${both(0)}](${one}, h1(c, ${one})))`]])
  })

  test("pulls a cotangent back, and claims an empty buffer", async () => {
    const { result, claims } = await told(f.pullback(state, sides, cotangent), params)
    const pulled = `${String(sign.map((s) => 1 + s * (3 / 5)))}*db`
    const dx = `((da + ${String(sign.map((s) => 1 - s * (3 / 5)))}*db) + jx_h1[${pulled}])`
    expect(result).toEqual({
      input: ["c", before.x],
      cotangent: [`((dc & jc_h1[${pulled}]) & jc_h0[${dx}])`, `((${signs(3 / 5)}*db + ${dx}) + jx_h0[${dx}])`],
      grads: [{ h: `jp_h0[${dx}]` }, { h: `jp_h1[${pulled}]` }],
    })
    expect(claims.map(line)).toEqual([
      ...leaves,
      `Rebuilt at 1: ${difference}`,
      empty,
      `Same at 0: (${before.x} + Q(${value("h0", before.x, "0")})) is a`,
      `InRange at 0: ${before.x}, rebuilt`,
    ])
    const full = [sides[0], { steps: 2, digits: "B" }] as const
    await expect(told(f.pullback(state, full, cotangent), params)).rejects.toMatchObject({ _tag: "Irreversible" })
  })
})

describe("a buffer that lasts two steps", () => {
  const wide = { n: 1, d: 4095 }
  const f = Rational.fromContextResidual(h, wide, 4)
  const weights = ["h0", "h1", "h2", "h3"].map((name) => ({ h: name }))

  test("is left behind before the third, which begins with another, and must come back as that", async () => {
    const [after, side] = (await told(f.forward(["c", "x"]), weights)).result
    const [[, blocks], last] = side
    expect(last.steps).toBe(1)
    expect(blocks.map(([spilled]) => spilled === null)).toEqual([true, true, false])
    const { claims } = await told(f.inverse(after, side), weights)
    expect(claims.filter(({ _tag }) => _tag === "Same").map(({ place }) => place.path)).toEqual([["3"], ["0"]])
  })
})

// -------------------------------------------------------------- momentum

describe("momentum 3/5", () => {
  const f = Momentum.fromContextResidual(h, ratio, 1)
  const sides = [[[null, nothing]], buffer] as const
  const share = both(1 - 3 / 5)
  const added = (hx: string) => `Q(${share}*${hx})`
  const x = "(a - b)"
  const slower = `(b - ${added(value("h0", x, "0"))})`
  const before = unscaled(`${both(1)}*${slower}`)
  const empty = `Same at : ${before.digits} is ${zero(before.digits)}`

  test("scales the velocity, adds to it, and moves", async () => {
    const { result, claims } = await told(f.forward(["c", "x"]), [{ h: "h0" }])
    const rest = zero("x")
    const after = scaled(rest, zero(rest))
    const v = `(${both(1)}*${after.x} + ${added(value("h0", "x", "0"))})`
    expect(result).toEqual([
      ["c", [`(x + ${v})`, v]],
      [[[null, nothing]], { steps: 1, digits: after.digits }],
    ])
    expect(claims.map(line)).toEqual([...enters("", "x"), `InRange at 0: ${v}`, `InRange at 0: (x + ${v})`])
  })

  test("moves back, and takes away", async () => {
    const { result, claims } = await told(f.inverse(state, sides), [{ h: "h0" }])
    expect(result).toEqual(["c", x])
    expect(claims.map(line)).toEqual([`Rebuilt at 0: ${x}`, `Rebuilt at 0: ${slower}`, empty])
  })

  test("rounds what it scales at inference", async () => {
    const { result, claims } = await told(f.infer(["c", "x"]), [{ h: "h0" }])
    const v = `(Q(${both(3 / 5)}*${zero("x")}) + ${added("h0(c, x)")})`
    expect(result).toEqual(["c", [`(x + ${v})`, v]])
    expect(claims.map(line)).toEqual([...enters("", "x"), `InRange at 0: ${v}`, `InRange at 0: (x + ${v})`])
  })

  test("pulls a cotangent back, and claims that all was at rest", async () => {
    const { result, claims, freed } = await told(f.pullback(state, sides, cotangent), [{ h: "h0" }])
    const dv = "(db + da)"
    expect(result).toEqual({
      input: ["c", x],
      cotangent: [`(dc & jc_h0[${share}*${dv}])`, `(da + jx_h0[${share}*${dv}])`],
      grads: [{ h: `jp_h0[${share}*${dv}]` }],
    })
    expect(claims.map(line)).toEqual([
      "Same at : Q(b) is b",
      "Same at : Q(a) is a",
      `Rebuilt at 0: ${x}`,
      `Rebuilt at 0: ${slower}`,
      empty,
      `Same at : ${before.x} is ${zero(before.x)}`,
      `InRange at : ${x}, rebuilt`,
    ])
    expect(freed).toContainEqual([before.x, `${both(3 / 5)}*${dv}`])
    expect(freed).toContainEqual(["a", "db"])
  })
})

// ------------------------------------------------------------- the state

type Chain<S> = Bijection<
  ReadonlyArray<{ readonly h: string }>,
  readonly [string, string],
  readonly [string, Two<string>],
  S
>

const chains = {
  "two-step chains": (depth: number) => TwoStep.fromContextResidual(h, TwoStep.midpoint(space), depth),
  "chains with a buffer": (depth: number) => Rational.fromContextResidual(h, ratio, depth),
  momentum: (depth: number) => Momentum.fromContextResidual(h, ratio, depth),
}

describe("the state that is given is claimed to be on the grid where the last block reverses", () => {
  const claimed = async <S>(f: Chain<S>, depth: number, plan: Plan) => {
    const weights = Array.from({ length: depth }, (_, k) => ({ h: `h${k}` }))
    const [after, side] = (await told(f.forward(["c", "x"]), weights, plan)).result
    const { claims } = await told(f.pullback(after, side, cotangent), weights, plan)
    return claims.filter((claim) => claim._tag === "Same" && claim.rebuilt === `Q(${String(claim.recorded)})`).length
  }

  test.each([1, 2, 3])("in chains of %d", async (depth) => {
    for (const [name, make] of Object.entries(chains)) {
      const f = make(depth) as Chain<unknown> // whatever it leaves behind
      expect(await claimed(f, depth, Plan.reversed), name).toBe(2)
      for (let k = 0; k < depth; k++)
        expect(await claimed(f, depth, { [k]: "tape" }), `${name}, ${k} taped`).toBe(k === depth - 1 ? 0 : 2)
    }
  })
})

// ------------------------------------------------------------------ haar

describe("mean and difference", () => {
  const f = haar(space)

  test("are whole steps, and come back", async () => {
    const there = await told(f.forward(["a", "b"]), {})
    expect(there.result).toEqual([["(b + ((a - b) div 2))", "(a - b)"], null])
    const infer = await told(f.infer(["a", "b"]), {})
    expect(infer.result).toEqual(there.result[0])
    for (const { claims } of [there, infer]) expect(claims.map(line)).toEqual(["InRange at : (a - b)"])
    const back = await told(f.inverse(["m", "d"], null), {})
    expect(back.result).toEqual(["(d + (m - (d div 2)))", "(m - (d div 2))"])
    expect(back.claims).toEqual([])
  })

  test("pull a cotangent back as half of each, and consume it", async () => {
    const { result, claims, freed } = await told(f.pullback(["m", "d"], null, ["dm", "dd"]), {})
    const [a, b] = ["(d + (m - (d div 2)))", "(m - (d div 2))"]
    const half = `${both(1 / 2)}*dm`
    expect(result).toEqual({ input: [a, b], cotangent: [`(${half} + dd)`, `(${half} - dd)`], grads: {} })
    expect(claims.map(line)).toEqual([`Rebuilt at : ${a}`, `Rebuilt at : ${b}`])
    expect(freed).toEqual([[["m", "d"], "dm", "dd"]])
  })
})

test("what leaves nothing where it is reversed has that one value for a side", () => {
  expect(TwoStep.fromContextResidual(h, TwoStep.leapfrog(space), 2).side.only).toEqual(
    O.some([nothing, [[null, nothing]]]),
  )
  expect(TwoStep.fromContextResidual(h, TwoStep.dyadic(space, 1), 2).side.only).toEqual(O.none)
})
