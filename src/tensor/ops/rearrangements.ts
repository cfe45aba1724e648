/**
 * Isomorphisms that rearrange the values of tensors. They are exact on every backend and need no side information.
 */
import type { Bijection } from "../../core/Bijection.ts"
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { rearrange } from "../../core/rearrange.ts"
import { sizeOf } from "../../exact/frame.ts"
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** The two halves of a tensor. */
export type Halves = readonly [tf.Tensor, tf.Tensor]

// --------------------------------------------------------- constructors

/** Splits an axis, such as the channels, into its first and second half. Axis -1 is the last one. */
export const halves = (axis: number): Bijection<{}, tf.Tensor, Halves, null> => rearrange(split(axis), join(axis))

/** Concatenates two tensors of one shape along an axis. */
export const joined = (axis: number): Bijection<{}, Halves, tf.Tensor, null> => rearrange(join(axis), split(axis))

/** Splits an axis into its even and its odd positions. */
export const evenOdd = (axis: number): Bijection<{}, tf.Tensor, Halves, null> => rearrange(unlace(axis), lace(axis))

/** Interleaves two tensors of one shape: they become the even and the odd positions of an axis. */
export const interleaved = (axis: number): Bijection<{}, Halves, tf.Tensor, null> => rearrange(lace(axis), unlace(axis))

/**
 * Permutes an axis: position i gets the values of position `order[i]`, as in `permuted(-1, permutation(key,
 * channels))`. Throws `RangeError` unless the order contains every position exactly once.
 */
export const permuted = (axis: number, order: ReadonlyArray<number>): Bijection<{}, tf.Tensor, tf.Tensor, null> => {
  const back = order.map((_, i) => order.indexOf(i))
  if (back.includes(-1))
    throw new RangeError(
      `An order of ${order.length} positions must contain each of 0 to ${order.length - 1} once, not ${order}.`,
    )
  const take = (places: ReadonlyArray<number>) => (x: tf.Tensor) => {
    if (x.shape.at(axis) !== places.length)
      throw new ShapeMismatch(
        `An order of ${places.length} positions does not fit axis ${axis} of shape [${x.shape.join(", ")}].`,
      )
    return tf.gather(x, tf.tensor1d([...places], "int32"), (axis + x.rank) % x.rank)
  }
  return rearrange(take(order), take(back))
}

/**
 * Moves squares of `size` x `size` pixels into the channels: `[batch, height, width, channels]` becomes `[batch, height
 * / size, width / size, size^2 channels]`. i-RevNet (Jacobsen et al. 2018) reduces the resolution in this way.
 */
export const spaceToDepth = (size: number): Bijection<{}, tf.Tensor, tf.Tensor, null> => {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`The size of squares must be an integer of at least 1, not ${size}.`)
  return rearrange(
    (x) => {
      const [batch, height, width, channels] = imageShape(x)
      if (height % size !== 0 || width % size !== 0)
        throw new ShapeMismatch(
          `Images of ${height} x ${width} pixels cannot be split into squares of ${size} x ${size}. Use a size that divides both, or pad them.`,
        )
      const rows = x.reshape([(batch * height) / size, size, width / size, size * channels]).transpose([0, 2, 1, 3])
      return rows.reshape([batch, height / size, width / size, size * size * channels])
    },
    (y) => {
      const [batch, height, width, channels] = imageShape(y)
      if (channels % (size * size) !== 0)
        throw new ShapeMismatch(
          `${channels} channels do not make squares of ${size} x ${size} pixels. Use a multiple of ${size * size} channels.`,
        )
      const inner = channels / size
      const rows = y.reshape([batch * height, width, size, inner]).transpose([0, 2, 1, 3])
      return rows.reshape([batch, height * size, width * size, inner / size])
    },
  )
}

const join =
  (axis: number) =>
  (pair: Halves): tf.Tensor =>
    tf.concat([...pair], axis)

/** Returns the sizes before an axis, its own size, and the sizes after it. */
const around = ({ shape, rank }: tf.Tensor, axis: number): readonly [number[], number, number[]] => {
  const at = (axis + rank) % rank
  return [shape.slice(0, at), shape[at] ?? 0, shape.slice(at + 1)]
}

const unlace =
  (axis: number) =>
  (x: tf.Tensor): Halves => {
    const [before, size, behind] = around(x, axis)
    checkEven(x, axis, size)
    const parts = tf.split(x.reshape([sizeOf(before), size / 2, 2, sizeOf(behind)]), 2, 2)
    const [even, odd] = parts.map((part) => part.reshape([...before, size / 2, ...behind]))
    return [even, odd] as [tf.Tensor, tf.Tensor] // tf.split returned two parts
  }

const lace =
  (axis: number) =>
  (pair: Halves): tf.Tensor => {
    const [before, size, behind] = around(pair[0], axis)
    const columns = pair.map((part) => part.reshape([sizeOf(before), size, 1, sizeOf(behind)]))
    return tf.concat(columns, 2).reshape([...before, 2 * size, ...behind])
  }

const checkEven = ({ shape }: tf.Tensor, axis: number, size: number): void => {
  if (size % 2 !== 0 || size === 0)
    throw new ShapeMismatch(
      `Axis ${axis} of shape [${shape.join(", ")}] cannot be split into two equal halves. Give it an even size of at least 2.`,
    )
}

const split =
  (axis: number) =>
  (x: tf.Tensor): Halves => {
    checkEven(x, axis, x.shape.at(axis) ?? 0)
    return tf.split(x, 2, axis) as [tf.Tensor, tf.Tensor] // tf.split returns two parts
  }

const imageShape = ({ shape }: tf.Tensor): readonly [number, number, number, number] => {
  const [batch, height, width, channels] = shape
  if (
    shape.length !== 4 ||
    batch === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined
  )
    throw new ShapeMismatch(`Images must have the shape [batch, height, width, channels], not [${shape.join(", ")}].`)
  return [batch, height, width, channels]
}
