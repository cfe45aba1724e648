/**
 * Arrays of numbers on the host: the data of a run, from which batches are cut.
 */
import { quoted, shown } from "../../core/quoted.ts"
import { showShape, sizeOf } from "../../exact/frame.ts"
import { tf } from "../../tensor/tf.ts"
import { isTensor } from "../../tensor/values/tree.ts"

// ---------------------------------------------------------------- model

/** Numbers in row-major order; the first axis is the samples. */
export class HostArray {
  readonly values: Float32Array | Int32Array
  readonly shape: ReadonlyArray<number>

  constructor(values: Float32Array | Int32Array, shape: ReadonlyArray<number>) {
    this.values = values
    this.shape = shape
  }
}

/** A number or nested arrays of numbers. */
export type Numbers = number | Typed | ReadonlyArray<Numbers>

/** What a tensor can be made of: nested arrays, or a typed array, which has one axis. */
export type ArrayValues = ReadonlyArray<Numbers> | Typed

type Typed =
  Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array | Uint16Array | Uint8ClampedArray

// --------------------------------------------------------- constructors

/**
 * Reads values once. Typed arrays of integers become int32; so do other numbers where `type` is int32, and then every
 * one must be an integer. Throws `RangeError`, which calls the values `name`, for NaN, for rows of different lengths
 * and for what is no array of numbers.
 */
export const hostArray = async (
  name: string,
  given: tf.Tensor | ArrayValues,
  type: "int32" | "float32" = "float32",
): Promise<HostArray> => {
  if (isTensor(given)) {
    const values = await given.data()
    return checked(name, new HostArray(asWords(name, values, given.dtype === "int32" ? "int32" : type), given.shape))
  }
  if (isTyped(given)) return checked(name, new HostArray(asWords(name, given, type), [given.length]))
  const shape = shapeOf(name, given)
  const values = new Float64Array(sizeOf(shape))
  fill(name, given, shape, 0, values, 0)
  return checked(name, new HostArray(asWords(name, values, type), shape))
}

// ----------------------------------------------------------- combinators

/** The rows with these indices as a tensor. */
export const rowsOf = ({ values, shape }: HostArray, indices: ReadonlyArray<number>): tf.Tensor => {
  const size = sizeOf(shape.slice(1))
  const isFloat = values instanceof Float32Array
  const rows = isFloat ? new Float32Array(indices.length * size) : new Int32Array(indices.length * size)
  for (const [i, index] of indices.entries()) rows.set(values.subarray(index * size, (index + 1) * size), i * size)
  return tf.tensor(rows, [indices.length, ...shape.slice(1)], isFloat ? "float32" : "int32")
}

// ---------------------------------------------------------- destructors

/** Whether a value is one that `hostArray` takes, and not a tree of such values. */
export const isArrayValues = (value: unknown): value is tf.Tensor | ArrayValues =>
  isTensor(value) || isTyped(value) || (Array.isArray(value) && isNumeric(value))

const isTyped = (value: unknown): value is Typed =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array)

/** Whether an array has numbers at the bottom; an empty one does. */
const isNumeric = (value: ReadonlyArray<unknown>): boolean => {
  let at: unknown = value
  while (Array.isArray(at)) {
    if (at.length === 0) return true
    at = at[0]
  }
  return typeof at === "number" || isTyped(at)
}

const isRow = (value: Numbers | undefined): value is Typed | ReadonlyArray<Numbers> =>
  Array.isArray(value) || isTyped(value)

const asWords = (name: string, values: ArrayLike<number>, type: "int32" | "float32"): Float32Array | Int32Array => {
  const isInteger =
    type === "int32" || (isTyped(values) && !(values instanceof Float32Array || values instanceof Float64Array))
  if (!isInteger) return values instanceof Float32Array ? values : Float32Array.from(values)
  if (values instanceof Int32Array) return values
  const words = Int32Array.from(values)
  for (const [i, word] of words.entries())
    if (word !== values[i])
      throw new RangeError(`${name} are integers, such as class ids, but the number ${values[i]} is at place ${i}.`)
  return words
}

const checked = (name: string, array: HostArray): HostArray => {
  const { values, shape } = array
  if (shape.length === 0) throw new RangeError(`${name} must have an axis of samples, not be a single number.`)
  if (values instanceof Float32Array) {
    const at = values.findIndex(Number.isNaN)
    if (at >= 0)
      throw new RangeError(
        `${name} have NaN in sample ${Math.floor(at / sizeOf(shape.slice(1)))}. Leave it out, or replace it.`,
      )
  }
  return array
}

const shapeOf = (name: string, given: ReadonlyArray<Numbers>): ReadonlyArray<number> => {
  const shape: number[] = []
  for (let at: Numbers | undefined = given; isRow(at); at = at[0]) shape.push(at.length)
  if (shape.length > 6) throw new RangeError(`${name} have ${shape.length} axes, and at most 6 are read.`)
  return shape
}

const fill = (
  name: string,
  given: Numbers | undefined,
  shape: ReadonlyArray<number>,
  axis: number,
  values: Float64Array,
  at: number,
): number => {
  const length = shape[axis]
  if (length === undefined) {
    if (typeof given !== "number")
      throw new RangeError(`${name} have ${shown(given)} where a number is needed: rows are of one length.`)
    values[at] = given
    return at + 1
  }
  if (!isRow(given) || given.length !== length)
    throw new RangeError(
      `${name} of shape ${showShape(shape)} have a row of ${isRow(given) ? given.length : shown(given)} where ${length} are needed: rows are of one length.`,
    )
  let next = at
  for (const part of given) next = fill(name, part, shape, axis + 1, values, next)
  return next
}

/** The name of a part of the data in messages. */
export const placeName = (name: string, path: ReadonlyArray<string>): string =>
  path.length === 0 ? name : `${name} ${quoted(path.join("."))}`
