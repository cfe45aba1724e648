/**
 * The order in which micro-batches are added up.
 */
import fc from "fast-check"
import { microBatches } from "bijou/net"
import { describe, expect, it } from "vitest"
import { runs } from "../../src/train/microBatches.ts"
import { appended, nodesIn, total, type PartialSum } from "../../src/train/treeSum.ts"

const add = (x: number, y: number): number => Math.fround(x + y)

const sumOf = <X>(plus: (x: X, y: X) => X, values: ReadonlyArray<X>, first = 0): ReadonlyArray<PartialSum<X>> =>
  values.reduce<ReadonlyArray<PartialSum<X>>>(
    (nodes, value, i) => appended(plus)(nodes, { first: first + i, count: 1, value }),
    [],
  )

/** The sum if each worker adds up the places up to each cut separately. */
const shared = <X>(plus: (x: X, y: X) => X, values: ReadonlyArray<X>, cuts: ReadonlyArray<number>): X => {
  const bounds = [0, ...new Set(cuts.toSorted((x, y) => x - y)), values.length]
  const nodes = bounds.flatMap((end, i) => {
    const first = bounds[i - 1] ?? 0
    return sumOf(plus, values.slice(first, end), first)
  })
  return total(plus)(nodes.reduce<ReadonlyArray<PartialSum<X>>>(appended(plus), []))
}

const floats = fc.array(fc.float({ noNaN: true, min: -(2 ** 100), max: 2 ** 100 }), { minLength: 1, maxLength: 70 })

describe("A sum of micro-batches", () => {
  it("has the same bits for every way to distribute the places", () =>
    fc.assert(
      fc.property(floats, fc.array(fc.nat(70), { maxLength: 8 }), (values, cuts) => {
        const inside = cuts.map((cut) => cut % values.length)
        expect(shared(add, values, inside)).toBe(total(add)(sumOf(add, values)))
      }),
      { numRuns: 500 },
    ))

  it("would not, if each share were summed from its left", () => {
    const left = (values: ReadonlyArray<number>) => values.reduce(add)
    const values = [1, 2 ** -24, 2 ** -24, 2 ** -24]
    expect(left(values)).not.toBe(add(left(values.slice(0, 2)), left(values.slice(2))))
    expect(shared(add, values, [2])).toBe(shared(add, values, [3]))
  })

  it("has other bits when shares are added as they arrive, which the law finds", () => {
    const arrivals = fc.integer({ min: 2, max: 8 }).chain((count) =>
      fc.record({
        values: fc.array(fc.float({ noNaN: true, min: -1, max: 1 }), { minLength: count, maxLength: count }),
        order: fc.shuffledSubarray(
          Array.from({ length: count }, (_, i) => i),
          { minLength: count },
        ),
      }),
    )
    type Arrivals = typeof arrivals extends fc.Arbitrary<infer A> ? A : never
    const nodesOf = ({ values, order }: Arrivals) =>
      order.map((place) => ({ first: place, count: 1, value: values[place] ?? 0 }))
    const inPlace = ({ values }: Arrivals) => total(add)(sumOf(add, values))
    const law = (sum: (nodes: ReadonlyArray<PartialSum<number>>) => number) =>
      fc.check(
        fc.property(arrivals, (given) => Object.is(sum(nodesOf(given)), inPlace(given))),
        { numRuns: 500, seed: 1 },
      )
    const asTheyArrive = law((nodes) => nodes.map(({ value }) => value).reduce(add))
    expect(asTheyArrive.failed).toBe(true)
    expect(asTheyArrive.counterexample?.[0].order.length).toBeGreaterThan(2) // two commute
    const byPlace = law((nodes) =>
      total(add)(
        nodes.toSorted((x, y) => x.first - y.first).reduce<ReadonlyArray<PartialSum<number>>>(appended(add), []),
      ),
    )
    expect(byPlace.failed).toBe(false)
  })

  it("adds halves of complete nodes, and the remaining ones from the right", () => {
    const spell = (count: number) =>
      total<string>((x, y) => `(${x}+${y})`)(
        sumOf(
          (x, y) => `(${x}+${y})`,
          Array.from({ length: count }, (_, i) => `${i}`),
        ),
      )
    expect([1, 2, 3, 4, 5, 7].map(spell)).toEqual([
      "0",
      "(0+1)",
      "((0+1)+2)",
      "((0+1)+(2+3))",
      "(((0+1)+(2+3))+4)",
      "(((0+1)+(2+3))+((4+5)+6))",
    ])
    expect(() => total(add)([])).toThrow("There is nothing to add up. Give at least one place.")
  })
})

describe("A batch", () => {
  it("is cut into micro-batches of one size, in order", () => {
    expect(microBatches([5, 6, 7, 8], 2)).toEqual([
      [5, 6],
      [7, 8],
    ])
    expect(microBatches([5, 6, 7], 3)).toEqual([[5, 6, 7]])
  })

  it.each([
    [[1, 2, 3], 2, "A batch of 3 is not a multiple of micro-batches of 2. Give a size that divides the batch."],
    [[1, 2], 4, "A batch of 2 is not a multiple of micro-batches of 4."],
    [[], 4, "A batch of 0"],
    [[1, 2], 0, "micro-batches of 0"],
    [[1, 2], 0.5, "micro-batches of 0.5"],
    [[1, 2], NaN, "micro-batches of NaN"],
  ])("of %j is refused in micro-batches of %d", (samples, size, sentence) => {
    expect(() => microBatches(samples, size)).toThrow(RangeError)
    expect(() => microBatches(samples, size)).toThrow(sentence)
  })

  it.each<readonly [number, number, { readonly left: number; readonly waiting: number }]>([
    [0, 0, { left: 0, waiting: 0 }],
    [0, 1, { left: 1, waiting: 0 }],
    [0, 8, { left: 1, waiting: 3 }],
    [0, 6, { left: 2, waiting: 2 }],
    [3, 6, { left: 2, waiting: 2 }], // 3 and 4 wait for 5
    [2, 4, { left: 1, waiting: 1 }],
  ])("of the places from %d to before %d ends in nodes and has some wait: %j", (first, end, nodes) =>
    expect(nodesIn([first, end])).toEqual(nodes),
  )

  it("is split into runs of neighbors, as even as possible", () => {
    expect(runs(8, 2)).toEqual([
      [0, 4],
      [4, 8],
    ])
    expect(runs(5, 3)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ])
    expect(() => runs(1, 2)).toThrow(
      "2 workers cannot share 1 micro-batch. Use at most 1, smaller micro-batches, or a larger batch.",
    )
  })
})
