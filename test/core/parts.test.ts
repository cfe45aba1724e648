/**
 * Checks parameters, sides, environments, programs and errors against their documentation.
 */
import { either as E, option as O } from "fp-ts"
import {
  attempt,
  Draw,
  Env,
  GradientNotFinite,
  GridOverflow,
  hostEnv,
  Irreversible,
  isRevError,
  Key,
  LayerFailed,
  NotDifferentiable,
  NotOnGrid,
  numberSpace,
  ParameterMismatch,
  Params,
  run,
  runPromise,
  ShapeMismatch,
  Side,
  SideMismatch,
} from "bijou"
import { hostScope, type Scope } from "../../src/core/Scope.ts"
import { hostWatch } from "../../src/exact/hostWatch.ts"
import type { Claim } from "../../src/core/Watch.ts"
import { describe, expect, it } from "vitest"
import { heldSide, keptSide } from "../../src/core/Held.ts"

const key = Key.fromSeed(1)
const number = (value: number) => Params.number(() => value)

// ----------------------------------------------------------- parameters

describe("parameters", () => {
  const pair = Params.struct({ a: number(1), b: number(2) })

  it("have the key of their name", () => {
    const seen = Params.struct({ a: Params.number(({ low }) => low) })
    expect(seen.init(key)).toEqual({ a: Key.child("a")(key).low })
    const many = Params.array(
      2,
      Params.number(({ low }) => low),
    )
    expect(many.init(key)).toEqual([Key.child("0")(key).low, Key.child("1")(key).low])
    expect(Params.named("n", seen).init(key)).toEqual({ n: { a: Key.child("a")(Key.child("n")(key)).low } })
  })

  it("of a record and of an array add up part by part", () => {
    expect(pair.add({ a: 1, b: 2 }, { a: 10, b: 20 })).toEqual({ a: 11, b: 22 })
    expect(Params.array(2, number(0)).add([1, 2], [10, 20])).toEqual([11, 22])
    expect(() => Params.array(2, number(0)).add([1, 2], [10])).toThrow("Part 1 is needed, but only 1 parts were given.")
    expect(Params.none.add({}, {})).toEqual({})
    expect(Params.none.init(key)).toEqual({})
  })

  it("are added in the given order, because a leaf may depend on it", () => {
    const text = Params.leaf({ init: () => "", add: (x, y) => x + y, is: (x) => typeof x === "string" })
    expect(text.add("x", "y")).toBe("xy")
    expect(Params.struct({ t: text }).add({ t: "x" }, { t: "y" })).toEqual({ t: "xy" })
    expect(Params.array(1, text).add(["x"], ["y"])).toEqual(["xy"])
    const both = Params.both(Params.struct({ t: text }), Params.struct({ u: text }))
    expect(both.add({ t: "x", u: "1" }, { t: "y", u: "2" })).toEqual({ t: "xy", u: "12" })
  })

  it("of two parts are those of the first where they share a name", () => {
    const one = Params.struct({ w: number(1), a: number(3) })
    const other = Params.struct({ w: number(2), wide: number(4) })
    const shared = Params.both<{ w: number; a: number }, { w: number; wide: number }>(one, other, "w")
    expect(shared.init(key)).toEqual({ w: 1, a: 3, wide: 4 })
    expect(shared.add({ w: 1, a: 1, wide: 1 }, { w: 1, a: 2, wide: 3 })).toEqual({ w: 2, a: 3, wide: 4 })
    expect(shared.leaves({ w: 1, a: 3, wide: 4 })).toEqual([
      ["w", 1],
      ["a", 3],
      ["wide", 4],
    ])
    const isAny = (value: unknown): value is { w: number } => typeof value === "object"
    const differing = Params.both<{ w: number }, { w: number }>(
      Params.leaf({ init: () => ({ w: 1 }), add: (x) => x, is: isAny }),
      Params.leaf({ init: () => ({ w: 2 }), add: (_, y) => ({ w: y.w + 7 }), is: isAny }),
      "w",
    )
    expect(differing.init(key)).toEqual({ w: 1 })
    expect(differing.add({ w: 3 }, { w: 4 })).toEqual({ w: 3 })
    let reads = 0
    expect(differing.rebuild(() => O.some({ w: ++reads }))).toEqual(E.right({ w: 1 }))
  })

  it("of two parts are refused if both have a name that is not shared", () => {
    const part = (name: string) =>
      Params.named(
        name,
        Params.number(() => 1),
      )
    const both = (x: Params<object>, y: Params<object>, shared?: string) => Params.both(x, y, shared as never)
    const [f, g] = [part("f"), part("g")] as unknown as [Params<object>, Params<object>] // their names, not their types
    expect(() => both(f, f)).toThrow(
      'Both parts have a parameter called "f". Give one of the parts a name of its own with named().',
    )
    expect(() => both(both(f, g), g)).toThrow('called "g"')
    expect(() => both(f, f, "f")).not.toThrow()
    expect(both(f, g).names).toEqual(["f", "g"])
  })

  it("with all of a subtree shared have its leaves once", () => {
    const tree = Params.struct({ w: pair, x: number(0) })
    const shared = Params.both<{ w: { a: number; b: number }; x: number }, { w: { a: number; b: number } }>(
      tree,
      Params.struct({ w: pair }),
      "w",
    )
    const p = shared.init(key)
    expect(shared.leaves(p).map(([path]) => path)).toEqual(["w/a", "w/b", "x"])
  })

  it("are found under a name, those of the first part first", () => {
    for (const part of [Params.none, number(0), Params.array(1, number(0))])
      expect(O.isNone(part.field("0"))).toBe(true)
    const found = pair.field("b")
    expect(O.isSome(found) && found.value.init(key)).toBe(2)
    expect(O.isNone(pair.field("c"))).toBe(true)
    const both = Params.both(Params.struct({ a: number(1) }), Params.struct({ b: number(5) }))
    const [a, b] = [both.field("a"), both.field("b")]
    expect(O.isSome(a) && a.value.init(key)).toBe(1)
    expect(O.isSome(b) && b.value.init(key)).toBe(5)
  })

  it("are rebuilt, or refused in the words of the first leaf that is wrong", () => {
    const find = (leaves: Readonly<Record<string, unknown>>) => (path: string) => O.fromNullable(leaves[path])
    expect(pair.rebuild(find({ a: 5, b: 6 }))).toEqual(E.right({ a: 5, b: 6 }))
    expect(number(0).rebuild(find({ "": 5 }))).toEqual(E.right(5))
    expect(number(0).rebuild(find({}))).toMatchObject({ left: { message: "is missing" } })
    expect(number(0).rebuild(find({ "": "5" }))).toMatchObject({ left: { message: "is of another kind" } })
    const message = (leaves: object) =>
      E.toUnion(E.mapLeft(String)(Params.fromLeaves(number(0), new Map(Object.entries(leaves)))))
    expect(message({})).toBe("ParameterMismatch: The parameter is missing.")
    expect(message({ "": "5" })).toBe("ParameterMismatch: The parameter is of another kind.")
    expect(Params.none.rebuild(find({}))).toEqual(E.right({}))
    const many = Params.array(3, number(0))
    expect(many.rebuild(find({ 0: 1, 1: 2, 2: 3 }))).toEqual(E.right([1, 2, 3]))
    expect(many.rebuild(find({ 0: 1, 2: 3 }))).toMatchObject({ left: { message: "The parameter 1 is missing." } })
    const other = new SideMismatch("not about parameters")
    const failing: Params<number> = { ...number(0), rebuild: () => E.left(other) }
    expect(Params.struct({ a: failing }).rebuild(find({}))).toEqual(E.left(other))
    expect(Params.fromLeaves(failing, new Map())).toEqual(E.left(other))
  })
})

// ---------------------------------------------------------------- sides

describe("the side of a planned block", () => {
  const { value } = numberSpace(9)
  const side = heldSide<null, number, string>(Side.nothing, value)

  it("is one byte, then the side or the input", async () => {
    expect(await side.toBytes({ _tag: "reversed", side: null })()).toEqual(Uint8Array.of(0))
    const input = await value.toBytes(0.5)()
    const kept = await side.toBytes({ _tag: "kept", input: 0.5 })()
    expect(kept).toEqual(Uint8Array.of(1, ...input))
    expect(await side.toBytes({ _tag: "taped", input: 0.5, tape: "tape" })()).toEqual(kept)
    expect(await side.fromBytes(kept)()).toEqual(E.right({ _tag: "kept", input: 0.5 }))
    expect(await side.fromBytes(Uint8Array.of(0))()).toEqual(E.right({ _tag: "reversed", side: null }))
    const word = async (bytes: Uint8Array) => {
      const result = await side.fromBytes(bytes)()
      return E.isLeft(result) ? result.left.message : "accepted"
    }
    expect(await word(Uint8Array.of(2))).toBe("A block's side must begin with 0 (reversed) or 1 (kept), not 2.")
    expect(await word(new Uint8Array())).toMatch(/not its end\.$/)
  })

  it("has the bits of the side or of the input, and one value where the side has", () => {
    expect(side.bits({ _tag: "reversed", side: null })).toBe(0)
    expect(side.bits({ _tag: "kept", input: 1 })).toBe(32)
    expect(keptSide(value).bits({ _tag: "taped", input: 1, tape: 0 })).toBe(32)
    expect(side.only).toEqual(O.some({ _tag: "reversed", side: null }))
    expect([heldSide(value, value).only, keptSide(Side.nothing).only]).toEqual([O.none, O.none])
  })

  it("of pairs and arrays of nothing is nothing, as often as there are parts", () => {
    expect(Side.pair(Side.nothing, Side.array(2, Side.nothing)).only).toEqual(O.some([null, [null, null]]))
    expect(Side.array(2, value).only).toEqual(O.none)
    expect(Side.pair(value, Side.nothing).only).toEqual(O.none)
    expect(Side.pair(Side.nothing, value).only).toEqual(O.none)
    expect(Side.array(3, value).bits([1, 2, 3])).toBe(96)
    expect(Side.pair(value, Side.array(1, value)).bits([1, [2]])).toBe(64)
  })
})

describe("the side of several parts", () => {
  const { bit, value } = numberSpace(9)
  const word = async <S>(side: Side<S>, bytes: Uint8Array) => {
    const result = await side.fromBytes(bytes)()
    return E.isLeft(result) ? result.left.message : result.right
  }

  it("is read part by part, in its order", async () => {
    const pair = Side.pair(value, bit)
    expect(await word(pair, await pair.toBytes([0.5, 1])())).toEqual([0.5, 1])
    const many = Side.array(3, value)
    expect(await word(many, await many.toBytes([0.5, -2, 3])())).toEqual([0.5, -2, 3])
    for (const n of [0, 1, 2]) {
      const nothings = Side.array(n, Side.nothing)
      const sides = Array.from({ length: n }, () => null)
      expect(await word(nothings, await nothings.toBytes(sides)())).toEqual(sides)
    }
  })

  it("is refused if the number of parts differs, or a part is refused", async () => {
    const two = await Side.array(2, value).toBytes([1, 2])()
    const three = await Side.array(3, value).toBytes([1, 2, 3])()
    expect(await word(Side.pair(value, value), two)).toEqual([1, 2])
    expect(await word(Side.pair(value, value), three)).toBe("A pair of sides was expected, but the bytes hold 3 parts.")
    expect(await word(Side.array(2, value), three)).toBe("2 sides were expected, but the bytes hold 3.")
    for (const refused of [
      word(Side.pair(bit, value), two),
      word(Side.pair(value, bit), two),
      word(Side.array(2, bit), two),
    ])
      expect(await refused).toMatch(/^A plane was expected/)
  })

  it("is refused with another message if its bytes end early than if some are left over", async () => {
    const check = async <S>(side: Side<S>, value: S) => {
      const bytes = await side.toBytes(value)()
      for (let length = 0; length < bytes.length; length++)
        expect(await word(side, bytes.subarray(0, length))).toBe(
          `The bytes of a side end early, after ${length}. Write and read all of them.`,
        )
      expect(await word(side, Uint8Array.of(...bytes, 0, 0))).toBe(
        "2 bytes are left over after the last part of a side.",
      )
    }
    await check(Side.pair(bit, Side.nothing), [1, null])
    await check(Side.pair(Side.nothing, bit), [null, 1])
  })
})

// --------------------------------------------------------- environments

describe("an environment", () => {
  const env = hostEnv({ params: { w: 1 }, seed: 5, step: 3, samples: [2], plan: { a: "keep" } })

  it("of a part has its name on the path and in the key", () => {
    const child = Env.child(Env.child(env, "a", 1), "b", 2)
    expect(child).toMatchObject({ params: 2, path: ["a", "b"], step: 3, samples: [2] })
    expect(env.key).toEqual(Key.step(3)(Key.fromSeed(5)))
    expect(child.key).toEqual(Key.child("b")(Key.child("a")(env.key)))
    expect(Env.place(child)).toEqual({ path: ["a", "b"], step: 3 })
    expect([Env.choice(env), Env.choice(child)]).toEqual([undefined, "keep"])
    expect(Env.draw(child, "x")).toEqual({ key: Key.child("x")(child.key), samples: [2] })
    expect(Draw.child("y")(Env.draw(child, "x"))).toEqual({
      key: Key.child("y")(Key.child("x")(child.key)),
      samples: [2],
    })
  })

  it("names the invalid step or sample", () => {
    expect(() => hostEnv({ params: 0, seed: 1, samples: [1, -4] })).toThrow("below 2^53, not -4.")
    expect(() => hostEnv({ params: 0, seed: 1, step: 0.25 })).toThrow("below 2^53, not 0.25.")
  })
})

// ------------------------------------------------------------- programs

describe("a program that is run", () => {
  const claim = (x: number): Claim => ({ _tag: "InRange", place: { path: [], step: 0 }, x, fractionBits: 9 })

  it("ends in the first error: what it threw, or otherwise what it claimed", async () => {
    const own = new ShapeMismatch("shapes")
    const freed: unknown[] = []
    const scope: Scope = { ...hostScope, release: (value) => void freed.push(value) }
    const env = Env.make({ params: 0, seed: 1 }, scope, hostWatch())
    const claiming = attempt((at) => {
      at.watch.expect(claim(1e9))
      return "result"
    })
    expect(await run(claiming)(env)()).toMatchObject({ left: { _tag: "GridOverflow" } })
    expect(freed).toEqual(["result"])
    const throwing = attempt((at) => {
      at.watch.expect(claim(1e9))
      throw own
    })
    expect(await run(throwing)(env)()).toEqual(E.left(own))
    expect(await run(attempt(() => 5))(env)()).toEqual(E.right(5)) // the watch is settled even after a throw
    expect(freed).toHaveLength(1)
  })

  it("frees what it allocated wherever it ends, by the scope of its environment", async () => {
    let within = 0
    const scope: Scope = {
      ...hostScope,
      within: (body) => {
        within++
        return body()
      },
    }
    await run(attempt(() => 1))(Env.make({ params: 0, seed: 1 }, scope, hostWatch()))()
    expect(within).toBe(2)
  })

  it("rejects as a promise with its error", async () => {
    const env = hostEnv({ params: 0, seed: 1 })
    expect(await runPromise(attempt(() => 5))(env)).toBe(5)
    const failing = attempt(() => {
      throw new SideMismatch("sides")
    })
    await expect(runPromise(failing)(env)).rejects.toThrow("sides")
  })

  it("turns any thrown value into a sentence", () => {
    const thrown = attempt(() => {
      throw "words" // not an Error, as in careless code
    })(hostEnv({ params: 0, seed: 1 }))
    expect(thrown).toMatchObject({
      left: { _tag: "LayerFailed", message: "The layer at the network failed: words", cause: "words" },
    })
  })
})

// --------------------------------------------------------------- errors

describe("every error", () => {
  const path = ["blocks", "7"]

  it("has its tag as its name, its data, and a sentence with the place", () => {
    const errors = [
      [new GridOverflow({ path, step: 3, value: 41210, fractionBits: 9 }), "GridOverflow"],
      [new Irreversible({ path, step: 3 }), "Irreversible"],
      [new LayerFailed({ path, cause: new Error("inside") }), "LayerFailed"],
      [new NotDifferentiable({ path, what: "The layer" }), "NotDifferentiable"],
      [new NotOnGrid({ path, step: 3, fractionBits: 9 }), "NotOnGrid"],
      [new ParameterMismatch("sentence"), "ParameterMismatch"],
      [new ShapeMismatch("sentence"), "ShapeMismatch"],
      [new SideMismatch("sentence"), "SideMismatch"],
    ] as const
    for (const [error, name] of errors) {
      expect([error.name, error._tag]).toEqual([name, name])
      expect(isRevError(error)).toBe(true)
      if ("path" in error) {
        expect(error.path).toEqual(path)
        expect(error.message).toContain("blocks/7")
      } else expect(error.message).toBe("sentence")
      if ("step" in error) {
        expect(error.step).toBe(3)
        expect(error.message).toContain("step 3")
      }
    }
    expect(errors[0][0]).toMatchObject({ value: 41210, limit: 32768, fractionBits: 9 })
    expect(errors[0][0].message).toMatch(/reached 41210 .* exact only below 32768/)
    expect(new GridOverflow({ path, step: 3, value: NaN, fractionBits: 9 }).message).toContain("is not a number")
    expect(errors[2][0].message).toMatch(/failed: inside$/)
    expect(errors[4][0].fractionBits).toBe(9)
    const gradient = new GradientNotFinite({ parameter: "blocks/7/w", step: 3, value: NaN })
    expect([gradient.name, gradient._tag, isRevError(gradient)]).toEqual([...Array(2).fill("GradientNotFinite"), true])
    expect(gradient.message).toMatch(
      /^The gradient of the parameter blocks\/7\/w at step 3 is not a number, so no step is taken\./,
    )
    expect(new GradientNotFinite({ parameter: "", step: 3, value: Infinity }).message).toMatch(
      /^The gradient of the only parameter at step 3 is infinite/,
    )
    expect(isRevError(new Error("any other"))).toBe(false)
    expect(isRevError({ _tag: "SideMismatch" })).toBe(false)
  })
})
