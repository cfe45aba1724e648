/**
 * Trees of arrays and records: the laws of their walks, and what is a leaf, a node or an atom.
 */
import fc from "fast-check"
import { Key, Params } from "bijou"
import { describe, expect, it } from "vitest"
import { Tree } from "../../src/core/Tree.ts"

/** A leaf of the trees below. */
class Leaf {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}

const isLeaf = (value: unknown): value is Leaf => value instanceof Leaf

/** An object of a class that is not a leaf. */
class Point {
  readonly at: unknown
  readonly name: string
  constructor(at: unknown, name: string) {
    this.at = at
    this.name = name
  }
  describe(): string {
    return `${this.name} at ${String(this.at)}`
  }
}

const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer().map((x) => new Leaf(x)),
    fc.constantFrom<unknown>(null, undefined, 1, NaN, -0, "text", isLeaf, Float32Array.of(1, 2), 3n),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie("tree"), { maxKeys: 4, noNullPrototype: false }),
    tie("tree").map((at) => new Point(at, "p")),
  ),
})).tree

const one = ({ x }: Leaf) => new Leaf(x + 1)

const other = ({ x }: Leaf) => new Leaf(2 * x)

const property = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(
    fc.property(arbitrary, (value) => {
      holds(value)
    }),
    { numRuns: 300, seed: 1 },
  )

describe("A tree", () => {
  it("is itself if every leaf is", () => {
    property(tree, (t) => expect(Tree.map(t, isLeaf, (leaf) => leaf)).toStrictEqual(t))
  })

  it("is mapped by two functions as by their composition", () => {
    property(tree, (t) =>
      expect(Tree.map(Tree.map(t, isLeaf, one), isLeaf, other)).toStrictEqual(
        Tree.map(t, isLeaf, (leaf) => other(one(leaf))),
      ),
    )
  })

  it("has one order of leaves in every walk", () => {
    property(tree, (t) => {
      const met: Leaf[] = []
      Tree.map(t, isLeaf, (leaf) => met.push(leaf))
      const leaves = Tree.leaves(t, isLeaf)
      expect(leaves).toEqual(met)
      expect(Tree.entries(t, isLeaf).map(([, leaf]) => leaf)).toEqual(met)
      expect(Tree.fold<Leaf, ReadonlyArray<Leaf>>(t, isLeaf, [], (all, leaf) => [...all, leaf])).toEqual(met)
    })
  })

  it("has its leaves in the order in which they were put in, whatever their names", () => {
    const t = { b: new Leaf(0), a: [new Leaf(1), { z: new Leaf(2), y: new Leaf(3) }], "": new Leaf(4) }
    expect(Tree.leaves(t, isLeaf).map(({ x }) => x)).toEqual([0, 1, 2, 3, 4])
    expect(Tree.entries(t, isLeaf).map(([path]) => path)).toEqual(["b", "a/0", "a/1/z", "a/1/y", ""])
  })

  it("has the paths of a parameter tree", () => {
    const number = Params.number(({ low }) => low)
    const params = Params.struct<{ w: number; blocks: ReadonlyArray<{ readonly a: number; readonly b: number }> }>({
      w: number,
      blocks: Params.array(3, Params.struct<{ a: number; b: number }>({ a: number, b: number })),
    })
    const p = params.init(Key.fromSeed(1))
    const isNumber = (value: unknown): value is number => typeof value === "number"
    expect(Tree.entries(p, isNumber)).toEqual(params.leaves(p))
    expect(Tree.entries(7, isNumber)).toEqual(Params.number(() => 7).leaves(7))
  })

  it("zipped with itself is mapped", () => {
    property(tree, (t) =>
      expect(Tree.zip(t, t, isLeaf, (x, y) => new Leaf(x.x + y.x))).toStrictEqual(
        Tree.map(t, isLeaf, ({ x }) => new Leaf(2 * x)),
      ),
    )
  })

  it("differs from another only in leaves if the two can be zipped", () => {
    property(fc.tuple(tree, tree), ([x, y]) => {
      const zipped = () => Tree.zip(x, y, isLeaf, (left) => left)
      if (Tree.difference(x, y, isLeaf, () => true) === null) expect(zipped()).toStrictEqual(x)
      else expect(zipped).toThrow(TypeError)
    })
  })
})

describe("Two trees", () => {
  const leaf = new Leaf(1)

  it("of one structure are zipped by name, in the order of the first", () => {
    const zipped = Tree.zip(
      { a: new Leaf(1), b: [new Leaf(2)] },
      { b: [new Leaf(20)], a: new Leaf(10) },
      isLeaf,
      (x, y) => x.x + y.x,
    )
    expect(zipped).toEqual({ a: 11, b: [22] })
  })

  it.each([
    ["a leaf and none", { a: [leaf, leaf] }, { a: [leaf, 3] }, "at a/1 there is a leaf in one and 3 in the other"],
    [
      "lengths",
      { a: [leaf] },
      { a: [leaf, leaf] },
      "at a there is an array of 1 in one and an array of 2 in the other",
    ],
    ["names", [{ a: 1 }], [{ b: 1 }], "at 0 there is a record of a in one and a record of b in the other"],
    ["kinds", [], {}, "at the top there is an array of 0 in one and a record of nothing in the other"],
    ["atoms", { a: 0 }, { a: -0 }, "at a there is 0 in one and 0 in the other"],
  ])("of two structures are not zipped, and the path is named: %s", (_, x, y, sentence) => {
    expect(() => Tree.zip(x, y, isLeaf, (a) => a)).toThrow(
      new TypeError(`Two trees must have the same structure, but ${sentence}.`),
    )
  })

  it("differ first where a leaf does", () => {
    const same = (x: Leaf, y: Leaf) => x.x === y.x
    expect(Tree.difference([leaf, { a: leaf }], [leaf, { a: new Leaf(1) }], isLeaf, same)).toBe(null)
    const [x, y] = [new Leaf(1), new Leaf(2)]
    expect(Tree.difference([leaf, { a: x }], [leaf, { a: y }], isLeaf, same)).toEqual({ at: [1, "a"], x, y })
  })
})

describe("What is no leaf", () => {
  it("stays as it is if it has no parts: null, functions, typed arrays, maps, promises", () => {
    const atoms = [null, isLeaf, Float32Array.of(1), new DataView(new ArrayBuffer(1)), new Map([[1, new Leaf(1)]])]
    const more = [Promise.resolve(1), new Date(0), /x/u, new Set([new Leaf(1)]), new ArrayBuffer(2)]
    for (const atom of [...atoms, ...more]) {
      expect(Tree.map(atom, isLeaf, one)).toBe(atom)
      expect(Tree.leaves(atom, isLeaf)).toEqual([])
    }
  })

  it("keeps its class, and is itself where no leaf changes", () => {
    const point = new Point([new Leaf(1)], "p")
    const moved = Tree.map(point, isLeaf, one) as Point
    expect(moved).toStrictEqual(new Point([new Leaf(2)], "p"))
    expect(moved.describe()).toContain("p at ")
    const plain = new Point(3, "p")
    expect(Tree.map(plain, isLeaf, one)).toBe(plain)
    const bare = Object.assign(Object.create(null) as object, { a: new Leaf(1) })
    expect(Object.getPrototypeOf(Tree.map(bare, isLeaf, one))).toBe(null)
  })

  it("is a leaf, whatever it has inside, where the predicate says so", () => {
    const isPair = (value: unknown): value is readonly [number, number] => Array.isArray(value) && value.length === 2
    expect(Tree.leaves([[1, 2], { a: [3, 4] }, [[5, 6]]], isPair)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
  })

  it("throws if it contains itself, but not if it only occurs twice or is deep", () => {
    const cycle: { next?: unknown; readonly leaf: Leaf } = { leaf: new Leaf(1) }
    cycle.next = [cycle]
    const ring = { a: new Leaf(1), b: cycle }
    for (const walk of [
      () => Tree.map(ring, isLeaf, one),
      () => Tree.leaves(ring, isLeaf),
      () => Tree.entries(ring, isLeaf),
      () => Tree.zip(ring, ring, isLeaf, (x) => x),
      () => Tree.difference(ring, ring, isLeaf, () => true),
    ])
      expect(walk).toThrow(/^A tree contains itself/)
    const twice = { leaf: new Leaf(1) }
    expect(Tree.leaves([twice, twice], isLeaf)).toHaveLength(2)
    let deep: unknown = new Leaf(0)
    for (let i = 0; i < 2_000; i++) deep = i % 2 === 0 ? [deep] : { deep }
    expect(Tree.leaves(deep, isLeaf)).toHaveLength(1)
    expect(Tree.leaves(Tree.map(deep, isLeaf, one), isLeaf)).toEqual([new Leaf(1)])
  })
})
