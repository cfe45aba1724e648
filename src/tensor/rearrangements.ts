/**
 * Isomorphisms of tensors that move values: exact on every backend, with nothing left behind.
 */
import type { Bijection } from "../core/Bijection.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { rearrange } from "../core/rearrange.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The two halves of a tensor. */
export type Halves = readonly [tf.Tensor, tf.Tensor]

// --------------------------------------------------------- constructors

/** The first and the second half of an axis, such as the channels; -1 is the last axis. */
export const halves = (axis: number): Bijection<{}, tf.Tensor, Halves, null> => rearrange(split(axis), join(axis))

/** Two tensors of one shape as the halves of an axis. */
export const joined = (axis: number): Bijection<{}, Halves, tf.Tensor, null> => rearrange(join(axis), split(axis))

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

const split =
  (axis: number) =>
  (x: tf.Tensor): Halves => {
    const size = x.shape.at(axis) ?? 0
    if (size % 2 !== 0 || size === 0)
      throw new ShapeMismatch(
        `Axis ${axis} of shape [${x.shape.join(", ")}] has no two equal halves. Give it an even length.`,
      )
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
