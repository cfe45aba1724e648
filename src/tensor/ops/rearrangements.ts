/**
 * Isomorphisms of tensors that move values: exact on every backend, with nothing left behind.
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

/** The first and the second half of an axis, such as the channels; -1 is the last axis. */
export const halves = (axis: number): Bijection<{}, tf.Tensor, Halves, null> => rearrange(split(axis), join(axis))

/** Two tensors of one shape as the halves of an axis. */
export const joined = (axis: number): Bijection<{}, Halves, tf.Tensor, null> => rearrange(join(axis), split(axis))

/** The even and the odd places of an axis. */
export const evenOdd = (axis: number): Bijection<{}, tf.Tensor, Halves, null> => rearrange(unlace(axis), lace(axis))

/** Two tensors of one shape as the even and the odd places of an axis. */
export const interleaved = (axis: number): Bijection<{}, Halves, tf.Tensor, null> => rearrange(lace(axis), unlace(axis))

/**
 * Place i of an axis becomes what was in place `order[i]`: `permuted(-1, permutation(key, channels))`. Throws
 * `RangeError` unless the order has every place once.
 */
export const permuted = (axis: number, order: ReadonlyArray<number>): Bijection<{}, tf.Tensor, tf.Tensor, null> => {
  const back = order.map((_, i) => order.indexOf(i))
  if (back.includes(-1))
    throw new RangeError(`An order of ${order.length} places has each of 0 to ${order.length - 1} once, not ${order}.`)
  const take = (places: ReadonlyArray<number>) => (x: tf.Tensor) => {
    if (x.shape.at(axis) !== places.length)
      throw new ShapeMismatch(
        `An order of ${places.length} places does not fit axis ${axis} of shape [${x.shape.join(", ")}].`,
      )
    return tf.gather(x, tf.tensor1d([...places], "int32"), (axis + x.rank) % x.rank)
  }
  return rearrange(take(order), take(back))
}

/**
 * Squares of `size` x `size` pixels as channels: `[batch, height, width, channels]` to
 * `[batch, height / size, width / size, size^2 channels]`. i-RevNet (Jacobsen et al. 2018) goes to a coarser grid by it.
 */
export const spaceToDepth = (size: number): Bijection<{}, tf.Tensor, tf.Tensor, null> => {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`Squares have a whole number of pixels, not ${size}.`)
  return rearrange(
    (x) => {
      const [batch, height, width, channels] = imageShape(x)
      if (height % size !== 0 || width % size !== 0)
        throw new ShapeMismatch(
          `Images of ${height} x ${width} do not divide into squares of ${size} x ${size}. Use a size that divides both, or pad them.`,
        )
      const rows = x.reshape([(batch * height) / size, size, width / size, size * channels]).transpose([0, 2, 1, 3])
      return rows.reshape([batch, height / size, width / size, size * size * channels])
    },
    (y) => {
      const [batch, height, width, channels] = imageShape(y)
      if (channels % (size * size) !== 0)
        throw new ShapeMismatch(`${channels} channels do not make squares of ${size} x ${size} pixels.`)
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

/** The shape around an axis: before it, its length, behind it. */
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
    return [even, odd] as [tf.Tensor, tf.Tensor] // two parts
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
      `Axis ${axis} of shape [${shape.join(", ")}] has no two equal halves. Give it an even length.`,
    )
}

const split =
  (axis: number) =>
  (x: tf.Tensor): Halves => {
    checkEven(x, axis, x.shape.at(axis) ?? 0)
    return tf.split(x, 2, axis) as [tf.Tensor, tf.Tensor] // two parts
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
    throw new ShapeMismatch(`Images are [batch, height, width, channels], not [${shape.join(", ")}].`)
  return [batch, height, width, channels]
}
