/**
 * Sums in the order of one binary tree over the places 0, 1, 2, ..., however the places are distributed.
 *
 * Float addition depends on the order. Here 2^l places that begin at a multiple of 2^l are one node, the sum of its two
 * halves, and the remaining nodes at the end are added from the right: five places are ((0 + 1) + (2 + 3)) + 4. A run
 * of neighboring places is a few complete nodes, so each worker adds up its own run, and the tree stays the same.
 *
 * Law (checked by `test/train/treeSum.test.ts`): `total` has the same bits for every way to cut the places into runs.
 */

// ---------------------------------------------------------------- model

/** The sum of `count` places from `first` on: a complete node of the tree. */
export interface PartialSum<out X> {
  readonly first: number
  readonly count: number
  readonly value: X
}

// ----------------------------------------------------------- combinators

/**
 * Appends a node to the nodes of a run, and adds two halves as long as there are any. `add` gets the left half first.
 */
export const appended =
  <X>(add: (left: X, right: X) => X) =>
  (nodes: ReadonlyArray<PartialSum<X>>, next: PartialSum<X>): ReadonlyArray<PartialSum<X>> => {
    const left = nodes.at(-1)
    if (left === undefined || left.count !== next.count || left.first % (2 * left.count) !== 0) return [...nodes, next]
    const sum = { first: left.first, count: 2 * left.count, value: add(left.value, next.value) }
    return appended(add)(nodes.slice(0, -1), sum)
  }

// ---------------------------------------------------------- destructors

/**
 * Returns how many nodes a run [first, end) of places ends in, and the most nodes that wait while a place is still to
 * come.
 */
export const nodesIn = ([first, end]: readonly [first: number, end: number]): {
  readonly left: number
  readonly waiting: number
} => {
  let [nodes, waiting]: [ReadonlyArray<PartialSum<null>>, number] = [[], 0]
  for (let place = first; place < end; place++) {
    waiting = Math.max(waiting, nodes.length)
    nodes = appended(() => null)(nodes, { first: place, count: 1, value: null })
  }
  return { left: nodes.length, waiting }
}

/** Returns the sum of a run from place 0 on. Throws `RangeError` for an empty run. */
export const total =
  <X>(add: (left: X, right: X) => X) =>
  (nodes: ReadonlyArray<PartialSum<X>>): X => {
    if (nodes.length === 0) throw new RangeError("There is nothing to add up. Give at least one place.")
    return nodes.map(({ value }) => value).reduceRight((right, left) => add(left, right))
  }
