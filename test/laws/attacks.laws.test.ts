/**
 * Every attack is caught by some law, and every law catches some attack: the matrix is printed.
 */
import fc from "fast-check"
import * as bijouLaws from "bijou/laws"
import { checkLaws, report, type LawSet } from "bijou/laws"
import { allLaws, allSets, law, standard } from "../../laws/engine/Law.ts"
import { attacks } from "../../laws/attacks/index.ts"
import { firstDifference, sameBits } from "../../laws/engine/bits.ts"
import { matrix } from "../../laws/engine/Attack.ts"
import type { Runner } from "../../laws/engine/run.ts"
import { expect, it } from "vitest"

it("no row and no column of laws x attacks is empty", async () => {
  const caught = await matrix(attacks, { runs: 100 })
  const laws = [...new Set(attacks.flatMap(({ sets }) => sets.flatMap(allLaws)).map(({ name }) => name))]

  const rows = laws.map(
    (law) => `${attacks.map(({ name }) => (caught.get(name)?.has(law) ? "X" : ".")).join("")}  ${law}`,
  )
  console.log([...attacks.map(({ name }, i) => `${"|".repeat(i)}${name}`), ...rows].join("\n"))

  expect(laws.filter((law) => !attacks.some(({ name }) => caught.get(name)?.has(law)))).toEqual([])
  expect(attacks.filter(({ name }) => caught.get(name)?.size === 0).map(({ name }) => name)).toEqual([])
})

it("every published law set is among the rows", () => {
  const rows = new Set(attacks.flatMap(({ sets }) => sets.flatMap(allSets)).map(({ topic }) => `${topic}Laws`))
  const published = Object.keys(bijouLaws).filter((name) => /^(?!all|check).*Laws$/.test(name))
  expect(published.filter((name) => !rows.has(name))).toEqual([])
})

it("attacks have unique names", () => {
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length)
})

it("a failure prints the law, both sides in bits, and how to reproduce it", async () => {
  const broken = law("there is one zero", fc.constant(-1), (x) => ({
    lhs: Float32Array.of(1, 0 * x),
    rhs: Float32Array.of(1, 0),
  }))
  const verdict = await broken.judge({ ...standard, seed: 42 })
  if (verdict._tag !== "Broken") throw new Error(verdict._tag)
  expect(report(broken.name, verdict).split("\n")).toEqual([
    'The law "there is one zero" is broken.',
    "  lhs: Float32Array(2) [1 (3f800000), -0 (80000000)]",
    "  rhs: Float32Array(2) [1 (3f800000), 0 (00000000)]",
    "  first at [1]: -0 (80000000) and 0 (00000000)",
    "  input: -1",
    '  again: { seed: 42, path: "0" }',
  ])
})

it("a failure is reproduced from its seed and path", async () => {
  const seen: number[] = []
  const broken = law("numbers are small", fc.integer(), (x) => {
    seen.push(x)
    return { lhs: Math.abs(x) < 1000, rhs: true }
  })
  const first = await broken.judge(standard)
  if (first._tag !== "Broken") throw new Error(first._tag)
  seen.length = 0
  const again = await broken.judge({ ...standard, seed: first.seed, path: first.path, shrink: false })
  expect(again).toMatchObject({ _tag: "Broken", input: first.input })
  expect(seen).toHaveLength(1)
})

it("an exception does not catch an attack, and a generator without inputs proves nothing", async () => {
  const raising = law("raises", fc.nat(), () => {
    throw new Error("no sides")
  })
  expect((await raising.judge(standard))._tag).toBe("Raised")
  const empty = law("has no inputs", fc.nat(), () => {
    fc.pre(false)
    return { lhs: 0, rhs: 0 }
  })
  expect((await empty.judge(standard))._tag).toBe("Raised")
})

it("equality is of bits, of kinds and of structure", () => {
  expect(sameBits(0, -0)).toBe(false)
  expect(sameBits(Number.NaN, Number.NaN)).toBe(true)
  expect(sameBits(Float32Array.of(0), Float32Array.of(-0))).toBe(false)
  expect(sameBits(Float32Array.of(0), Uint8Array.of(0, 0, 0, 0))).toBe(false)
  expect(sameBits(new Float32Array(8).subarray(1, 3), new Float32Array(2))).toBe(true)
  expect(sameBits([1, [2]], [1, [2, 3]])).toBe(false)
  expect(sameBits({ a: 1 }, { a: 1, b: undefined })).toBe(false)
  expect(sameBits({ a: { b: [null] } }, { a: { b: [null] } })).toBe(true)
  expect(sameBits([], {})).toBe(false)
  expect(firstDifference({ a: [0, 1] }, { a: [0, 2] })).toEqual({ at: ".a[1]", lhs: 1, rhs: 2, float32: false })
})

it("the laws run in any test framework that is passed in", async () => {
  const told: string[] = []
  const bodies: (() => Promise<void>)[] = []
  const runner: Runner = {
    describe: (name, body) => {
      told.push(name)
      body()
    },
    it: (name, body) => {
      told.push(name)
      bodies.push(body)
    },
  }
  const good = law("holds", fc.nat(), (x) => ({ lhs: x, rhs: x }))
  const bad = law("is broken", fc.nat(), (x) => ({ lhs: x, rhs: -1 }))
  const parent: LawSet = { name: "a parent", topic: "example", parents: [], laws: [good] }
  checkLaws(runner, { name: "a set", topic: "example", parents: [parent, parent], laws: [bad] }, { runs: 3 })
  expect(told).toEqual(["a set", "holds", "is broken"])
  await bodies[0]?.()
  await expect(bodies[1]?.()).rejects.toThrow('The law "is broken" is broken.')
})
