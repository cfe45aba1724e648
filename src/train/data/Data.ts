/**
 * The data of a run: arrays, batches one after the other, or a function of sample ids.
 */
import { Key } from "../../core/Key.ts"
import { shown } from "../../core/quoted.ts"
import { Tree } from "../../core/Tree.ts"
import { permutation } from "../../exact/draws.ts"
import { showShape } from "../../exact/frame.ts"
import type { tf } from "../../tensor/tf.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { isTensor, tensorsIn } from "../../tensor/values/tree.ts"
import { hostArray, HostArray, isArrayValues, placeName, rowsOf, type ArrayValues } from "./HostArray.ts"

// ---------------------------------------------------------------- model

/** A tree of tensors, any of which may be given as an array of numbers. */
export type Values<A> = A extends tf.Tensor ? A | ArrayValues : { readonly [K in keyof A]: Values<A[K]> }

/** Inputs and targets of some samples, each with the samples on its first axis. */
export interface Samples<I, T> {
  readonly inputs: Values<I>
  readonly targets: Values<T>
}

/**
 * The data of a run:
 *
 * - all samples as arrays or tensors, which are read once and shuffled by seed and epoch
 * - batches one after the other, from an array, a generator or any (asynchronous) iterable; one that can be iterated
 *   again is, once an epoch
 * - a function from sample ids to their batch: ids count from 0 through the whole run
 *
 * Training frees the tensors of batches that a generator or a function makes. Those of an array stay the caller's.
 */
export type Data<I, T> =
  | Samples<I, T>
  | Iterable<Samples<I, T>>
  | AsyncIterable<Samples<I, T>>
  | ((samples: ReadonlyArray<number>) => Samples<I, T>)

/** Batches of tensors in the order of a run. */
export interface Source<out I, out T> {
  /** Samples in an epoch; null where that is not known. */
  readonly size: number | null
  /** The samples a batch has; null where batches come as they are. */
  readonly batch: number | null
  /** The next batch, from its first sample id on; null where the data have ended. The caller frees it. */
  readonly next: (first: number) => Promise<readonly [inputs: I, targets: T] | null>
  /** Ends an iterable before its end. */
  readonly close: () => Promise<void>
}

/** What batches are made for. */
interface Cut {
  /** Of the shuffling; null keeps the order. */
  readonly seed: number | null
  readonly batch: number | undefined
  /** The type of targets given as numbers. */
  readonly targets: "int32" | "float32"
  /** Whether iterables that can be iterated again are, without end. */
  readonly again: boolean
}

// --------------------------------------------------------- constructors

/**
 * Reads data. Throws `RangeError` for data that are none, that have no sample, or whose inputs and targets are not of
 * the same samples.
 */
export const sourceOf = async <I, T>(data: Data<I, T>, cut: Cut): Promise<Source<I, T>> => {
  if (typeof data === "function") return fromFunction(data, cut)
  if (typeof data !== "object" || data === null)
    throw new RangeError(
      `data must be { inputs, targets }, batches of them, or a function of sample ids, not ${shown(data)}.`,
    )
  return comesInBatches(data) ? fromBatches(data, cut) : fromArrays(data, cut)
}

/** Inputs alone, as tensors of their own. */
export const inputsOf = async <I>(inputs: Values<I>): Promise<I> =>
  (await tensorTree("inputs", tensorScope.own(inputs))) as I // the tree that was given, of tensors

/** Says whether data are batches, one after the other. */
export const comesInBatches = <I, T>(
  data: Data<I, T>,
): data is Iterable<Samples<I, T>> | AsyncIterable<Samples<I, T>> =>
  typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data)

const fromArrays = async <I, T>(data: Samples<I, T>, cut: Cut): Promise<Source<I, T>> => {
  checkNames(data)
  const inputs = await read("inputs", data.inputs)
  const targets = await read("targets", data.targets, cut.targets)
  const size = sizeOfSamples([inputs, targets])
  const batch = checkBatch(cut)
  const order = orderOf(size, cut.seed)
  return {
    size,
    batch,
    close: nothingToClose,
    next: async (first) => {
      const count = cut.seed === null ? Math.min(batch, size - first) : batch
      if (count <= 0) return null
      const indices = Array.from({ length: count }, (_, i) => order(first + i))
      const cutRows = (tree: unknown) => Tree.map(tree, isHostArray, (array) => rowsOf(array, indices))
      return [cutRows(inputs) as I, cutRows(targets) as T] // the trees that were given, of tensors
    },
  }
}

const nothingToClose = async (): Promise<void> => {}

/** The index of a sample id: epochs are permuted one by one. */
const orderOf = (size: number, seed: number | null): ((id: number) => number) => {
  if (seed === null) return (id) => id
  const key = Key.child("shuffle")(Key.fromSeed(seed))
  let [epoch, order]: [number, ReadonlyArray<number>] = [-1, []]
  return (id) => {
    const next = Math.floor(id / size)
    if (next !== epoch) [epoch, order] = [next, permutation(Key.child(String(next))(key), size)]
    return order[id - epoch * size] ?? 0
  }
}

const fromFunction = async <I, T>(
  data: (samples: ReadonlyArray<number>) => Samples<I, T>,
  cut: Cut,
): Promise<Source<I, T>> => {
  const batch = checkBatch(cut)
  return {
    size: null,
    batch,
    close: nothingToClose,
    next: async (first) => {
      const samples = Array.from({ length: batch }, (_, i) => first + i)
      const made = await tensorsOf(await data(samples), cut, "freed")
      checkCount(made, batch)
      return made
    },
  }
}

const fromBatches = async <I, T>(
  data: Iterable<Samples<I, T>> | AsyncIterable<Samples<I, T>>,
  cut: Cut,
): Promise<Source<I, T>> => {
  if (cut.batch !== undefined)
    throw new RangeError(
      `batch is for arrays and functions of sample ids, not ${cut.batch} for data that come in batches. Leave it out.`,
    )
  const start = () => (Symbol.asyncIterator in data ? data[Symbol.asyncIterator]() : data[Symbol.iterator]())
  let batches = start()
  let isFresh = true
  return {
    size: null,
    batch: null,
    close: async () => void (await batches.return?.()),
    next: async () => {
      for (;;) {
        const given = await batches.next()
        if (given.done !== true) {
          isFresh = false
          return tensorsOf(given.value, cut, Array.isArray(data) ? "kept" : "freed")
        }
        if (isFresh || !cut.again) return null
        batches = start()
        isFresh = true
      }
    },
  }
}

// ---------------------------------------------------------- destructors

/** A batch as tensors: those that were given where they are freed with the batch, else handles to them. */
const tensorsOf = async <I, T>(given: Samples<I, T>, cut: Cut, tensors: "freed" | "kept"): Promise<readonly [I, T]> => {
  if (typeof given !== "object" || given === null)
    throw new RangeError(`A batch must be { inputs, targets }, not ${shown(given)}.`)
  checkNames(given)
  const own = tensors === "kept" ? tensorScope.own(given) : given
  const made: unknown[] = [own]
  try {
    const inputs = (await tensorTree("inputs", own.inputs)) as I // the tree that was given, of tensors
    made.push(inputs)
    const targets = (await tensorTree("targets", own.targets, cut.targets)) as T // likewise
    made.push(targets)
    sizeOfSamples([inputs, targets])
    return [inputs, targets]
  } catch (error) {
    tensorScope.release(made)
    throw error
  }
}

/** The same tree, with a tensor in the place of every array. Makes no tensor unless all values can be read. */
const tensorTree = async (name: string, values: unknown, type?: "int32" | "float32"): Promise<unknown> => {
  const leaves = await Promise.all(
    entries(name, values).map(async ([path, leaf]) => {
      if (!isTensor(leaf)) return hostArray(placeName(name, path), leaf, type)
      if (type === "int32" && leaf.dtype === "float32")
        throw new RangeError(
          `${placeName(name, path)} are float32, but the loss takes integers, such as class ids. Cast them with toInt().`,
        )
      return leaf
    }),
  )
  const tensors = leaves.map((leaf) => (leaf instanceof HostArray ? all(leaf) : leaf))
  let at = 0
  return Tree.map(values, isArrayValues, () => tensors[at++])
}

const all = (array: HostArray): tf.Tensor =>
  rowsOf(
    array,
    Array.from({ length: array.shape[0] ?? 0 }, (_, i) => i),
  )

const read = async (name: string, values: unknown, type?: "int32" | "float32"): Promise<unknown> => {
  const arrays = await Promise.all(
    entries(name, values).map(([path, leaf]) => hostArray(placeName(name, path), leaf, type)),
  )
  let at = 0
  return Tree.map(values, isArrayValues, () => arrays[at++])
}

/** The arrays and tensors of a tree with their paths. Throws `RangeError` for a tree that has anything else. */
const entries = (
  name: string,
  values: unknown,
): ReadonlyArray<readonly [ReadonlyArray<string>, tf.Tensor | ArrayValues]> => {
  const refuse = (value: unknown): never => {
    throw new RangeError(`${name} must be an array of numbers or a tensor, not ${shown(value)}.`)
  }
  const check = (tree: unknown): void => {
    if (isArrayValues(tree)) return
    if (typeof tree !== "object" || tree === null || ArrayBuffer.isView(tree)) refuse(tree)
    for (const part of Object.values(Object(tree))) check(part)
  }
  check(values)
  const found = Tree.entries(values, isArrayValues)
  if (found.length === 0) refuse(values)
  return found.map(([path, leaf]) => [path === "" ? [] : path.split("/"), leaf])
}

const isHostArray = (value: unknown): value is HostArray => value instanceof HostArray

/** The length that the first axis of all has. */
const sizeOfSamples = (parts: readonly [inputs: unknown, targets: unknown]): number => {
  const [inputs, targets] = parts.map((part) =>
    [...Tree.leaves(part, isHostArray), ...tensorsIn(part)].map(({ shape }) => shape),
  )
  const shapes = [...(inputs ?? []), ...(targets ?? [])]
  const size = shapes[0]?.[0]
  if (size === undefined || size === 0) throw new RangeError("The data have no sample. Give at least one.")
  const other = shapes.find(([count]) => count !== size)
  if (other !== undefined)
    throw new RangeError(
      `Inputs and targets must have the same number of samples on their first axis, but there are ${size} and ${other[0]}, in arrays of shape ${showShape(shapes[0] ?? [])} and ${showShape(other)}.`,
    )
  return size
}

const checkCount = (made: readonly [unknown, unknown], batch: number): void => {
  const count = tensorsIn(made)[0]?.shape[0]
  if (count === batch) return
  tensorScope.release(made)
  throw new RangeError(`data(samples) must return as many samples as it was given ids, ${batch}, not ${count}.`)
}

const checkBatch = ({ batch }: Cut): number => {
  if (batch === undefined)
    throw new RangeError("batch, the number of samples in a step, is missing. Give it beside data.")
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new RangeError(`batch must be an integer of at least 1, not ${batch}.`)
  return batch
}

const checkNames = (data: object): void => {
  for (const name of ["inputs", "targets"])
    if (!(name in data)) throw new RangeError(`The data have no field ${name}. Give { inputs, targets }.`)
}
