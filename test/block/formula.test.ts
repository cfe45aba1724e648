/**
 * BDIA on expressions: the computation of a chain, including the order of additions, compared with
 * docs/specification.md.
 */
import { either as E } from "fp-ts"
import { Bdia, gammas, Key, Plan, type Layer, type Program } from "bijou"
import type { BdiaSide } from "../../src/block/Bdia.ts"
import type { Claim } from "../../src/core/Watch.ts"
import { describe, expect, it } from "vitest"
import { context, layer, samples, seed, space, told as toldOf } from "./expressions.ts"

const f = Bdia.fromContextResidual({ space, layer, context }, 3)

type Chain = BdiaSide<readonly [string, string], string, string>

const key = (block: number, name: string) => Key.child(name)(Key.child(String(block))(Key.step(0)(Key.fromSeed(seed))))
const g = (block: number) => gammas({ key: key(block, "gamma"), samples })
const each = (block: number, by: (gamma: number) => number) => String(g(block).map(by))
const h = (block: number, x: string) => `h${block}(c, ${x}; ${key(block, "residual").low}, ${samples})`
const drift = (block: number, x: string) => `D[${g(block)}](${x}, ${h(block, x)})`

const told = <A>(program: Program<ReadonlyArray<string>, A>, plan?: Plan) => toldOf(program, ["h0", "h1", "h2"], plan)

const place = (...path: ReadonlyArray<string>) => ({ path, step: 0 })
const inRange = (block: number, x: string): Claim => ({
  _tag: "InRange",
  place: place(String(block)),
  x,
  fractionBits: 9,
})
const onGrid = (x: string): Claim => ({
  _tag: "OnGrid",
  place: place("0"),
  x,
  rounded: `Q(${x})`,
  fractionBits: 9,
})

const x1 = `(x + Q(${h(0, "x")}))`
const x2 = `(${g(1)}*(x + s(x)u) + ${drift(1, x1)})`
const x3 = `(${g(2)}*(${x1} + s(${x1})u) + ${drift(2, x2)})`

const reversed = (...sides: ReadonlyArray<string>): Chain => [
  { _tag: "reversed", side: null },
  sides.map((side) => ({ _tag: "reversed", side })),
]

// -------------------------------------------------------------- formulas

describe("a chain of three blocks", () => {
  it("draws its own gamma for every sample and block", () => {
    expect(new Set([...g(1), ...g(2)])).toEqual(new Set([0.5, -0.5]))
    expect(g(1)).not.toEqual(g(2))
  })

  it("follows the forward rule of docs/specification.md, and claims its range", async () => {
    const { result, claims, freed } = await told(f.forward(["c", "x"]))
    for (const value of [h(0, "x"), h(1, x1), h(2, x2)]) expect(freed).toContain(value)
    expect(result).toEqual([["c", [x2, x3]], reversed("s(x)", `s(${x1})`)])
    expect(claims).toEqual([inRange(0, "x"), onGrid("x"), inRange(0, x1), inRange(1, x2), inRange(2, x3)])
  })

  it("follows the inverse rule of docs/specification.md, and shows what it rebuilds", async () => {
    const { result, claims } = await told(f.inverse(["c", ["a", "b"]], reversed("s", "t")))
    const one = `(${each(2, (y) => 1 / y)}*(b - ${drift(2, "a")}) - tu)`
    const start = `(${each(1, (y) => 1 / y)}*(a - ${drift(1, one)}) - su)`
    expect(result).toEqual(["c", start])
    expect(claims).toEqual([
      { _tag: "Rebuilt", place: place("2"), x: one },
      { _tag: "Rebuilt", place: place("1"), x: start },
    ])
  })

  it("is the plain network on the grid at inference, without a draw", async () => {
    const { result, claims } = await told(f.infer(["c", "x"]))
    const one = "(x + Q(h0(c, x)))"
    const two = `Q((${one} + h1(c, ${one})))`
    const three = `Q((${two} + h2(c, ${two})))`
    expect(result).toEqual(["c", [two, three]])
    expect(claims).toEqual([inRange(0, "x"), onGrid("x"), inRange(0, one), inRange(1, two), inRange(2, three)])
  })

  /** docs/specification.md, section 3, from the last block to the first, on activations of the claims. */
  const gradient = () => {
    const grads: string[] = []
    let [dx, dn, dc] = ["d2", "d3", "dc"]
    for (const k of [2, 1]) {
      const c = `${each(k, (y) => 1 + y)}*${dn}`
      grads.unshift(`jp_h${k}[${c}]`)
      dc = `(${dc} & jc_h${k}[${c}])`
      ;[dx, dn] = [`${g(k)}*${dn}`, `((${dx} + ${each(k, (y) => 1 - y)}*${dn}) + jx_h${k}[${c}])`]
    }
    grads.unshift(`jp_h0[${dn}]`)
    return { cotangent: [`(${dc} & jc_h0[${dn}])`, `((${dx} + ${dn}) + jx_h0[${dn}])`], grads }
  }

  it("pulls a cotangent back as docs/specification.md says, and claims what must be the same", async () => {
    const sides = reversed("s", "t")
    const { result, claims, freed } = await told(f.pullback(["c", ["a", "b"]], sides, ["dc", ["d2", "d3"]]))
    const one = `(${each(2, (y) => 1 / y)}*(b - ${drift(2, "a")}) - tu)`
    const start = `(${each(1, (y) => 1 / y)}*(a - ${drift(1, one)}) - su)`
    expect(result).toEqual({ input: ["c", start], ...gradient() })
    // Each block consumes its state, its side and their cotangents, and frees what h returned. x_{k+1} is freed first,
    // then the cotangents of the context, once they are added. The context itself passes on.
    const ofContext = ["dc", `jc_h2[${each(2, (y) => 1 + y)}*d3]`]
    expect(freed.slice(0, 4)).toEqual(["b", h(2, "a"), ["a", sides[1][1], "d2", "d3"], ofContext])
    const zeroth = freed.at(-2)
    for (const value of [start, one, sides[0], h(0, start)]) expect(zeroth).toContain(value)
    expect(claims).toEqual([
      { _tag: "Same", place: place(), rebuilt: "Q(a)", recorded: "a" },
      { _tag: "Same", place: place(), rebuilt: "Q(b)", recorded: "b" },
      { _tag: "Rebuilt", place: place("2"), x: one },
      { _tag: "Rebuilt", place: place("1"), x: start },
      { _tag: "Same", place: place("0"), rebuilt: `(${start} + Q(${h(0, start)}))`, recorded: one },
      { ...inRange(0, start), rebuilt: true },
    ])
  })

  for (const [plan, tag] of [
    [Plan.taped, "taped"],
    [{ "": "keep" }, "kept"],
  ] as const)
    it(`that is ${tag} has the same gradient, and nothing to rebuild or to claim`, async () => {
      const { result, claims } = await told(f.forward(["c", "x"]), plan)
      const [state, side] = result
      expect(state).toEqual(["c", [x2, x3]])
      expect([side[0], ...side[1]]).toMatchObject([
        { _tag: tag, input: "x" },
        { _tag: tag, input: ["x", x1] },
        { _tag: tag, input: [x1, x2] },
      ])
      expect(claims).toHaveLength(5)
      const back = await told(f.inverse(state, side), plan)
      expect(back).toMatchObject({ result: ["c", "x"], claims: [] })
      const pulled = await told(f.pullback(state, side, ["dc", ["d2", "d3"]]), plan)
      expect(pulled).toMatchObject({ result: { input: ["c", "x"], ...gradient() }, claims: [] })
    })

  it("examines only its last block to know whether there is anything to claim about the state", async () => {
    const plan: Plan = { "0": "tape", "1": "tape" }
    const [state, side] = (await told(f.forward(["c", "x"]), plan)).result
    const { claims } = await told(f.pullback(state, side, ["dc", ["d2", "d3"]]), plan)
    expect(claims.map(({ _tag }) => _tag)).toEqual(["Same", "Same", "Rebuilt"])
    const couple = Bdia.fromContextResidual({ space, layer, context }, 2)
    const [two, held] = (await told(couple.forward(["c", "x"]), { "0": "tape" })).result
    expect((await told(couple.pullback(two, held, ["dc", ["d1", "d2"]]), { "0": "tape" })).claims).toHaveLength(3)
    const single = Bdia.fromContextResidual({ space, layer, context }, 1)
    const [one, left] = (await told(single.forward(["c", "x"]))).result
    const pulled = await told(single.pullback(one, left, ["dc", ["d0", "d1"]]))
    expect(pulled.claims.map(({ _tag }) => _tag)).toEqual(["Same", "Same", "Same", "InRange"])
  })

  it("writes a side as docs/specification.md says, with one bit for each block except the first", async () => {
    expect(f.side.bits(reversed("s", "t"))).toBe(2)
    const held = { _tag: "kept", input: ["x", "y"] } as const
    const mixed: Chain = [{ _tag: "kept", input: "x" }, [{ _tag: "reversed", side: "s" }, held]]
    expect(f.side.bits(mixed)).toBe(1 + 1 + 2)
    const back = await f.side.fromBytes(await f.side.toBytes(mixed)())()
    expect(back).toEqual(E.right(mixed))
  })
})

describe("a chain without a context", () => {
  const plain = Bdia.fromResidual(
    {
      space,
      layer: {
        params: layer.params,
        apply: (p, x, draw) => layer.apply(p, ["c", x], draw),
        vjp: (p, x, draw) => {
          const { value, pull } = layer.vjp(p, ["c", x], draw)
          return {
            value,
            held: ["held"],
            pull: (dy) => {
              const { cotangent, grads } = pull(dy)
              return { cotangent: cotangent?.[1] ?? null, grads }
            },
          }
        },
      },
    },
    3,
  )

  it("computes the same", async () => {
    const { result } = await told(plain.forward("x"))
    expect(result).toEqual([[x2, x3], reversed("s(x)", `s(${x1})`)])
    const [state, side] = result
    expect((await told(plain.inverse(state, side))).result).toBe(
      (await told(f.inverse(["c", state], side as unknown as Chain))).result[1], // reversed sides contain no context
    )
    expect((await told(plain.infer("x"))).result).toEqual((await told(f.infer(["c", "x"]))).result[1])
    const { input, cotangent, grads } = (await told(plain.pullback(state, side, ["d2", "d3"]))).result
    const all = (await told(f.pullback(["c", state], side as unknown as Chain, ["dc", ["d2", "d3"]]))).result
    expect([input, cotangent, grads]).toEqual([all.input[1], all.cotangent?.[1], all.grads])
  })

  it("has sides without a context, and writes a kept input as the second part of a pair whose first is empty", async () => {
    const { result } = await told(plain.forward("x"), { "": "keep" })
    const [, side] = result
    expect([side[0], ...side[1]]).toEqual([
      { _tag: "kept", input: "x" },
      { _tag: "kept", input: ["x", x1] },
      { _tag: "kept", input: [x1, x2] },
    ])
    const one = Bdia.fromResidual({ space, layer: layerOfIds }, 1)
    const bytes = await one.side.toBytes([{ _tag: "kept", input: "x" }, []])()
    const pair = [...[2, 0, 0, 0], ...[0, 0, 0, 0], ...[1, 0, 0, 0], 120]
    expect([...bytes]).toEqual([...[2, 0, 0, 0], ...[14, 0, 0, 0], 1, ...pair, ...[4, 0, 0, 0], ...[0, 0, 0, 0]])
    expect(await one.side.fromBytes(bytes)()).toEqual(E.right([{ _tag: "kept", input: "x" }, []]))
  })

  it("keeps the tensors of its layer's record visible to the scope", async () => {
    const [, [start]] = (await told(plain.forward("x"), Plan.taped)).result
    expect(start._tag === "taped" && start.tape.held).toEqual(["held"])
  })

  it("is NotDifferentiable if the residual has no cotangent for its input, at its path", async () => {
    const one = Bdia.fromResidual({ space, layer: layerOfIds }, 2)
    const [state, side] = (await told(one.forward("ids"), Plan.taped)).result
    await expect(told(one.pullback(state, side, ["d1", "d2"]), Plan.taped)).rejects.toMatchObject({
      _tag: "NotDifferentiable",
      path: ["1"],
      message: "The residual at 1 has no cotangent. Move the parts that need a gradient after it.",
    })
  })
})

const layerOfIds: Layer<string, string, string> = {
  params: layer.params,
  apply: (p, x) => `${p}(${x})`,
  vjp: (p, x) => ({ value: `${p}(${x})`, held: [], pull: () => ({ cotangent: null, grads: p }) }),
}
