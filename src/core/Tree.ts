/**
 * Trees of arrays, tuples and records, whose leaves are chosen by a predicate (pytrees).
 *
 * `isLeaf` decides what a leaf is; it may be a record or an array. Any other array or object is a node: its parts are
 * its elements, or its own enumerable fields in insertion order (JavaScript puts names such as "7" first). Everything
 * else is an atom, which has no leaves and does not change: numbers, strings, null, functions, typed arrays. An
 * instance of a class is a node like a record. It keeps its class, and without a leaf (a `Map`, a `Promise`) it stays
 * the same object. A tree that contains itself throws `TypeError`.
 *
 * Laws (checked by `test/core/tree.test.ts`):
 *
 * 1. identity: `map(t, isLeaf, x => x)` is `t`
 * 2. composition: `map(map(t, isLeaf, f), isLeaf, g)` is `map(t, isLeaf, x => g(f(x)))`
 * 3. order: `map`, `fold`, `leaves` and `entries` visit the leaves in insertion order
 * 4. paths: `entries` gives the leaves of a parameter tree the paths that `Params` gives them
 * 5. `zip(t, t, isLeaf, f)` is `map(t, isLeaf, x => f(x, x))`
 */
import { shown } from "./quoted.ts"

// ---------------------------------------------------------------- model

/** Says which values are leaves. */
type IsLeaf<L> = (value: unknown) => value is L

/** A place where two trees differ: the indices and names that lead to it, and what each tree has there. */
interface Difference {
  readonly at: ReadonlyArray<number | string>
  readonly x: unknown
  readonly y: unknown
}

// ----------------------------------------------------------- combinators

/** Replaces every leaf by `f` of it. */
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

/**
 * Combines the leaves of two trees by `f`. Throws `TypeError` with the path if the trees differ in anything but their
 * leaves.
 */
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
      `Two trees must have the same structure, but at ${at.length === 0 ? "the top" : at.join("/")} there is ${kindOf(x, isLeaf)} in one and ${kindOf(y, isLeaf)} in the other.`,
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

/** Reduces the leaves by `f`, beginning with `start`. */
const fold = <L, R>(tree: unknown, isLeaf: IsLeaf<L>, start: R, f: (result: R, leaf: L) => R): R => {
  let result = start
  visit(tree, isLeaf, (leaf) => void (result = f(result, leaf)), 0)
  return result
}

/** Lists all leaves; a leaf that occurs twice is listed twice. */
const leaves = <L>(tree: unknown, isLeaf: IsLeaf<L>): ReadonlyArray<L> => {
  const found: L[] = []
  visit(tree, isLeaf, (leaf) => void found.push(leaf), 0)
  return found
}

/** Lists all leaves with their paths, such as `blocks/0/w`. The path of a tree that is itself a leaf is empty. */
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

/** Finds the first place where two trees differ: in structure, in an atom, or in leaves that are not the `same`. */
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

// Called with nodes only.
const partOf = (node: unknown, name: number | string): unknown => (node as Readonly<Record<string, unknown>>)[name]

/** Lists the names of the parts that two nodes of the same structure have, in the order of the first. */
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

/** Makes a node like this one with these fields. Copies an instance of a class only if a field has changed. */
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

/** The depth at which a tree is checked for cycles. The trees of networks are much shallower. */
const deep = 500

/** Throws `TypeError` for a node that contains itself. */
const refuseCycle = (node: unknown): void => {
  const [above, done] = [new Set<object>(), new Set<object>()]
  const from = (part: unknown): void => {
    if (!isNode(part) || done.has(part)) return
    if (above.has(part))
      throw new TypeError(
        `A tree contains itself, ${deep} levels down or more. Remove the cycle, or make the part that repeats a leaf.`,
      )
    above.add(part)
    for (const inner of Object.values(part)) from(inner)
    above.delete(part)
    done.add(part)
  }
  from(node)
}

/** Functions on trees; the tree is the first argument, `isLeaf` the next. */
export const Tree = { map, zip, fold, leaves, entries, difference }
