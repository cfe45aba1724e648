/**
 * Parameter trees: how they are initialized, named, flattened and rebuilt.
 *
 * Laws (checked by `laws/sets/Params.ts`):
 *
 * 1. `rebuild` from the leaves of `p` is `p`
 * 2. names are unique: no two leaves of a part have the same path
 */
import { either as E, option as O } from "fp-ts"
import { ParameterMismatch } from "./errors/ParameterMismatch.ts"
import { Key } from "./Key.ts"
import { quoted } from "./quoted.ts"
import type { RevError } from "./RevError.ts"

// ---------------------------------------------------------------- model

/** A kind of parameter tree `P`: how its leaves are initialized from a key, named, summed and rebuilt into a tree. */
export interface Params<in out P> {
  /** Makes parameters from a key; the same key gives the same parameters. */
  readonly init: (key: Key) => P
  /** Adds two trees leaf by leaf, such as the gradients of a shared part. */
  readonly add: (x: P, y: P) => P
  /** Lists the leaves with their paths (`blocks/0/w`), always in the same order. */
  readonly leaves: (params: P) => ReadonlyArray<readonly [path: string, leaf: unknown]>
  /** Makes the tree whose leaf at every path is `leaf(path)`; `ParameterMismatch` names the first one missing. */
  readonly rebuild: (leaf: (path: string) => O.Option<unknown>) => E.Either<RevError, P>
  /** Looks up the parameters under a name, for `tied`. */
  readonly field: (name: string) => O.Option<Params<unknown>>
  /**
   * Lists the names at the top of the tree, if it is a record. Without it, `both` cannot refuse a name that is taken.
   */
  readonly names?: ReadonlyArray<string>
}

// --------------------------------------------------------- constructors

/** No parameters. */
const none: Params<{}> = {
  init: () => ({}),
  add: () => ({}),
  leaves: () => [],
  rebuild: () => E.right({}),
  field: () => O.none,
  names: [],
}

/** One leaf; `is` says whether a value that was read is such a leaf. */
const leaf = <X>(kind: {
  readonly init: (key: Key) => X
  readonly add: (x: X, y: X) => X
  readonly is: (value: unknown) => value is X
}): Params<X> => ({
  init: kind.init,
  add: kind.add,
  leaves: (params) => [["", params]],
  rebuild: (find) => {
    const found = find("")
    if (O.isSome(found) && kind.is(found.value)) return E.right(found.value)
    return E.left(new ParameterMismatch(`is ${O.isNone(found) ? "missing" : "of another kind"}`))
  },
  field: () => O.none,
})

const numeric = (value: unknown): value is number => typeof value === "number"

/** One number. */
const number = (init: (key: Key) => number): Params<number> => leaf({ init, add: (x, y) => x + y, is: numeric })

/**
 * A record of parts; each gets the key of its name. Throws `RangeError` for a name that is empty or contains a slash,
 * which separates the names of a path.
 */
const struct = <R extends object>(fields: {
  readonly [K in keyof R]: Params<R[K]>
}): Params<R> => {
  const names = Object.keys(fields) as unknown as ReadonlyArray<keyof R & string> // a record literal has no other keys
  for (const name of names)
    if (name === "" || name.includes("/"))
      throw new RangeError(
        `A parameter cannot be called "${name}", because its path could be that of another one. Use a name that is not empty and has no slash.`,
      )
  // The result has the same keys as `fields`.
  const collect = <X>(value: (name: keyof R & string) => X) =>
    Object.fromEntries(names.map((name) => [name, value(name)])) as { readonly [K in keyof R]: X }
  return {
    names,
    init: (key) => collect((name) => fields[name].init(Key.child(name)(key))) as R, // field by field, R's own types
    add: (x, y) => collect((name) => fields[name].add(x[name], y[name])) as R, // likewise
    leaves: (params) => names.flatMap((name) => under(name, fields[name].leaves(params[name]))),
    rebuild: (find) => {
      const parts = new Map<string, unknown>()
      for (const name of names) {
        const part = rebuildUnder(name, fields[name], find)
        if (E.isLeft(part)) return part
        parts.set(name, part.right)
      }
      return E.right(Object.fromEntries(parts) as R) // one part for every field
    },
    field: (name) =>
      O.fromNullable(Object.hasOwn(fields, name) ? (fields as Record<string, Params<unknown>>)[name] : null), // untyped
  }
}

// ----------------------------------------------------------- combinators

/** One part under a name. */
const named = <K extends string, P>(name: K, part: Params<P>): Params<{ readonly [k in K]: P }> =>
  struct<{ readonly [k in K]: P }>({ [name]: part } as { readonly [k in K]: Params<P> }) // a computed key

/** An array of `length` equal parts, called 0, 1, ... Throws `RangeError` unless `length` is an integer >= 0. */
const array = <P>(length: number, part: Params<P>): Params<ReadonlyArray<P>> => {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new RangeError(`The length of an array of parameters must be an integer of at least 0, not ${length}.`)
  return {
    init: (key) => Array.from({ length }, (_, i) => part.init(Key.child(String(i))(key))),
    add: (x, y) => x.map((p, i) => part.add(p, at(y, i))),
    leaves: (params) => params.flatMap((p, i) => under(String(i), part.leaves(p))),
    rebuild: (find) => {
      const parts: P[] = []
      for (let i = 0; i < length; i++) {
        const p = rebuildUnder(String(i), part, find)
        if (E.isLeft(p)) return p
        parts.push(p.right)
      }
      return E.right(parts)
    },
    field: () => O.none,
  }
}

/**
 * Merges the parameters of two parts; the subtree called `shared` is common to both and initialized by the first.
 * Throws `RangeError` if the parts have another name in common.
 */
const both = <P extends object, Q extends object>(
  first: Params<P>,
  second: Params<Q>,
  shared?: keyof P & keyof Q & string,
): Params<P & Q> => {
  const isShared = (path: string) => shared !== undefined && (path === shared || path.startsWith(`${shared}/`))
  const taken = first.names?.find((name) => name !== shared && second.names?.includes(name) === true)
  if (taken !== undefined)
    throw new RangeError(
      `Both parts have a parameter called ${quoted(taken)}. Give one of the parts a name of its own with named().`,
    )
  return {
    ...(first.names === undefined || second.names === undefined
      ? {}
      : { names: [...new Set([...first.names, ...second.names])] }),
    init: (key) => ({ ...second.init(key), ...first.init(key) }),
    add: (x, y) => ({ ...second.add(x, y), ...first.add(x, y) }),
    leaves: (params) => [...first.leaves(params), ...second.leaves(params).filter(([path]) => !isShared(path))],
    rebuild: (find) => {
      const p = first.rebuild(find)
      if (E.isLeft(p)) return p
      const q = second.rebuild(find)
      return E.isLeft(q) ? q : E.right({ ...q.right, ...p.right })
    },
    field: (name) => {
      const found = first.field(name)
      return O.isSome(found) ? found : second.field(name)
    },
  }
}

// ---------------------------------------------------------- destructors

/** Makes parameters from a map of paths to leaves, such as that of a checkpoint. */
const fromLeaves = <P>(params: Params<P>, leaves: ReadonlyMap<string, unknown>): E.Either<RevError, P> =>
  E.mapLeft<RevError, RevError>((error) =>
    error._tag === "ParameterMismatch" && error.message.startsWith("is ") // a tree of one leaf, which has no name
      ? new ParameterMismatch(`${prefix}${error.message}.`)
      : error,
  )(params.rebuild((path) => O.fromNullable(leaves.get(path))))

const slash = (name: string, path: string): string => (path === "" ? name : `${name}/${path}`)

const under = (name: string, leaves: ReadonlyArray<readonly [string, unknown]>) =>
  leaves.map(([path, value]) => [slash(name, path), value] as const)

const rebuildUnder = <P>(name: string, part: Params<P>, find: (path: string) => O.Option<unknown>) =>
  E.mapLeft<RevError, RevError>((error) =>
    error._tag === "ParameterMismatch" ? new ParameterMismatch(describe(name, error.message)) : error,
  )(part.rebuild((path) => find(slash(name, path))))

const prefix = "The parameter "

const describe = (name: string, message: string): string =>
  message.startsWith(prefix) ? `${prefix}${name}/${message.slice(prefix.length)}` : `${prefix}${name} ${message}.`

const at = <X>(items: ReadonlyArray<X>, i: number): X => {
  const item = items[i]
  if (item === undefined) throw new ParameterMismatch(`Part ${i} is needed, but only ${items.length} parts were given.`)
  return item
}

/** Makes parameter trees from leaves and from parts. */
export const Params = { none, leaf, number, struct, named, array, both, fromLeaves }
