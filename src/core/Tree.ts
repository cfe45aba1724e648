/**
 * Trees of arrays, tuples and records, whose leaves a predicate chooses (pytrees).
 *
 * A leaf is whatever `isLeaf` says, be it a record or an array. Any other array or object is a node: its parts are its elements, or its own
 * enumerable fields in the order of insertion (names such as "7" come first, as everywhere in JavaScript). All else is an atom, which has no leaves
 * and stays as it is: numbers, texts, null, functions, typed arrays. An object of a class is a node like a record; it keeps its class, and where it
 * has no leaf (a `Map`, a `Promise`) it stays itself. A tree that contains itself throws `TypeError`.
 *
 * Laws (checked by `test/core/tree.test.ts`):
 *
 * 1. identity: `map(t, isLeaf, x => x)` is `t`
 * 2. composition: `map(map(t, isLeaf, f), isLeaf, g)` is `map(t, isLeaf, x => g(f(x)))`
 * 3. order: `map`, `fold`, `leaves` and `entries` meet the leaves in one order, that of insertion
 * 4. paths: those of `entries` are those that `Params` gives the leaves of a parameter tree
 * 5. `zip(t, t, isLeaf, f)` is `map(t, isLeaf, x => f(x, x))`
 */
import { shown } from "./quoted.ts"

// ---------------------------------------------------------------- model

/** Says which values are leaves. */
type IsLeaf<L> = (value: unknown) => value is L

/** A place where two trees differ: the indices and names on the way to it, and what each tree has there. */
interface Difference {
  readonly at: ReadonlyArray<number | string>
  readonly x: unknown
  readonly y: unknown
}

// ----------------------------------------------------------- combinators

/** The same tree with `f` of every leaf in its place. */
const map = <L>(tree: unknown, isLeaf: IsLeaf<L>, f: (leaf: L) => unknown): unknown => mapFrom(tree, isLeaf, f, 0)

const mapFrom = <L>(tree: unknown, isLeaf: IsLeaf<L>, f: (leaf: L) => unknown, depth: number): unknown => {
  if (isLeaf(tree)) return f(tree)
  if (!isNode(tree)) return tree
  if (depth === deep) refuseCycle(tree)
  if (Array.isArray(tree)) return tree.map((part) => mapFrom(part, isLeaf, f, depth + 1))
  return withFields(
    tree,
    Object.entries(tree).map(([name, part]) => [name, mapFrom(part, isLeaf, f, depth + 1)]),
  )
}

/** `f` of every two leaves in the places of the first tree. Throws `TypeError`, which names the path, where the trees differ in anything else. */
const zip = <L>(x: unknown, y: unknown, isLeaf: IsLeaf<L>, f: (x: L, y: L) => unknown): unknown =>
  zipFrom(x, y, isLeaf, f, [])

const zipFrom = <L>(
  x: unknown,
  y: unknown,
  isLeaf: IsLeaf<L>,
  f: (x: L, y: L) => unknown,
  at: Array<number | string>,
): unknown => {
  if (isLeaf(x) && isLeaf(y)) return f(x, y)
  const names = sharedNames(x, y, isLeaf)
  if (names === "differ")
    throw new TypeError(
      `Two trees must have one structure, but at ${at.length === 0 ? "the top" : at.join("/")} there is ${kindOf(x, isLeaf)} in one and ${kindOf(y, isLeaf)} in the other.`,
    )
  if (names === "atoms") return x
  if (at.length === deep) refuseCycle(x)
  const parts = names.map((name) => {
    at.push(name)
    const part = zipFrom(partOf(x, name), partOf(y, name), isLeaf, f, at)
    at.pop()
    return part
  })
  return Array.isArray(x)
    ? parts
    : withFields(
        Object(x),
        names.map((name, i) => [String(name), parts[i]]),
      )
}

// ---------------------------------------------------------- destructors

/** Gathers the leaves one by one, from `start` on. */
const fold = <L, R>(tree: unknown, isLeaf: IsLeaf<L>, start: R, f: (result: R, leaf: L) => R): R => {
  let result = start
  visit(tree, isLeaf, (leaf) => void (result = f(result, leaf)), 0)
  return result
}

/** All leaves, those that occur twice as often as they occur. */
const leaves = <L>(tree: unknown, isLeaf: IsLeaf<L>): ReadonlyArray<L> => {
  const found: L[] = []
  visit(tree, isLeaf, (leaf) => void found.push(leaf), 0)
  return found
}

/** All leaves with their paths, such as `blocks/0/w`; the path of a tree that is a leaf is empty. */
const entries = <L>(tree: unknown, isLeaf: IsLeaf<L>): ReadonlyArray<readonly [path: string, leaf: L]> => {
  const found: Array<readonly [string, L]> = []
  const at: string[] = []
  const from = (part: unknown): void => {
    if (isLeaf(part)) found.push([at.join("/"), part])
    else if (isNode(part)) {
      if (at.length === deep) refuseCycle(part)
      for (const [name, inner] of Object.entries(part)) {
        at.push(name)
        from(inner)
        at.pop()
      }
    }
  }
  from(tree)
  return found
}

/** The first place where two trees differ: in structure, in an atom, or in leaves that are not the `same`; null where there is none. */
const difference = <L>(x: unknown, y: unknown, isLeaf: IsLeaf<L>, same: (x: L, y: L) => boolean): Difference | null => {
  const at: Array<number | string> = []
  const from = (one: unknown, other: unknown): Difference | null => {
    if (isLeaf(one) && isLeaf(other)) return same(one, other) ? null : { at: [...at], x: one, y: other }
    const names = sharedNames(one, other, isLeaf)
    if (names === "differ") return { at: [...at], x: one, y: other }
    if (names === "atoms") return null
    if (at.length === deep) refuseCycle(one)
    for (const name of names) {
      at.push(name)
      const found = from(partOf(one, name), partOf(other, name))
      if (found !== null) return found
      at.pop()
    }
    return null
  }
  return from(x, y)
}

const visit = <L>(tree: unknown, isLeaf: IsLeaf<L>, each: (leaf: L) => void, depth: number): void => {
  if (isLeaf(tree)) return each(tree)
  if (!isNode(tree)) return
  if (depth === deep) refuseCycle(tree)
  if (Array.isArray(tree)) for (const part of tree) visit(part, isLeaf, each, depth + 1)
  else for (const part of Object.values(tree)) visit(part, isLeaf, each, depth + 1)
}

const isNode = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value)

const partOf = (node: unknown, name: number | string): unknown => (node as Readonly<Record<string, unknown>>)[name] // of nodes alone

/** What two trees of one structure have inside, by the names of the first. */
const sharedNames = <L>(
  x: unknown,
  y: unknown,
  isLeaf: IsLeaf<L>,
): ReadonlyArray<number | string> | "atoms" | "differ" => {
  if (isLeaf(x) || isLeaf(y)) return "differ"
  if (!isNode(x) || !isNode(y)) return Object.is(x, y) ? "atoms" : "differ"
  if (Array.isArray(x) || Array.isArray(y))
    return Array.isArray(x) && Array.isArray(y) && x.length === y.length ? [...x.keys()] : "differ"
  const names = Object.keys(x)
  return names.length === Object.keys(y).length && names.every((name) => Object.hasOwn(y, name)) ? names : "differ"
}

/** A node like this one with these fields; an object of a class only where one of them is new. */
const withFields = (node: object, fields: ReadonlyArray<readonly [name: string, part: unknown]>): unknown => {
  const prototype: object | null = Object.getPrototypeOf(node) as object | null // nothing else is a prototype
  if (prototype === Object.prototype) return Object.fromEntries(fields)
  if (prototype !== null && fields.every(([name, part]) => part === partOf(node, name))) return node
  const made = Object.fromEntries(fields)
  return Object.create(prototype, Object.getOwnPropertyDescriptors(made)) as unknown
}

const kindOf = <L>(value: unknown, isLeaf: IsLeaf<L>): string => {
  if (isLeaf(value)) return "a leaf"
  if (Array.isArray(value)) return `an array of ${value.length}`
  return isNode(value) ? `a record of ${Object.keys(value).join(", ") || "nothing"}` : shown(value)
}

/** How deep a tree is before it is asked whether it contains itself: no tree that is a network's comes near. */
const deep = 500

/** Throws `TypeError` for a node that is inside of itself. */
const refuseCycle = (node: unknown): void => {
  const [above, done] = [new Set<object>(), new Set<object>()]
  const from = (part: unknown): void => {
    if (!isNode(part) || done.has(part)) return
    if (above.has(part))
      throw new TypeError(
        `A tree contains itself, ${deep} levels down or more. Give one that ends, or make what repeats a leaf.`,
      )
    above.add(part)
    for (const inner of Object.values(part)) from(inner)
    above.delete(part)
    done.add(part)
  }
  from(node)
}

/** Walks over trees: the tree first, then what its leaves are. */
export const Tree = { map, zip, fold, leaves, entries, difference }
