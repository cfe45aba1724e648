/**
 * Tensors in structures: arrays, plain objects and what they hold, always in the same order.
 */
import { tf } from "./tf.ts"

// ----------------------------------------------------------- combinators

/** The same structure with every tensor replaced. */
export const mapTensors = <A>(structure: A, f: (tensor: tf.Tensor) => tf.Tensor): A => map(structure, f) as A // same shape

const map = (value: unknown, f: (tensor: tf.Tensor) => tf.Tensor): unknown => {
  if (value instanceof tf.Tensor) return f(value)
  if (Array.isArray(value)) return value.map((item) => map(item, f))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, map(item, f)]))
}

// ---------------------------------------------------------- destructors

/** All tensors of a structure, those that occur twice as often as they occur. */
export const tensorsIn = (structure: unknown): ReadonlyArray<tf.Tensor> => {
  const found: tf.Tensor[] = []
  collect(structure, found)
  return found
}

const collect = (value: unknown, found: tf.Tensor[]): void => {
  if (value instanceof tf.Tensor) found.push(value)
  else if (Array.isArray(value)) for (const item of value) collect(item, found)
  else if (isRecord(value)) for (const item of Object.values(value)) collect(item, found)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
