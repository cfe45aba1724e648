/**
 * The gradients of `ResizeBilinear` and `ResizeNearestNeighbor`. The stock gradients ignore `halfPixelCenters`. On cpu
 * the bilinear one swaps height and width; the nearest-neighbor one is correct for a single image only, and does not
 * return if `alignCorners` is set and an axis has one pixel.
 *
 * A resize is linear, with one matrix per axis: y = R x C^T, so dx = R^T dy C. The kernel itself computes R from the
 * identity matrix. Where the stock gradient is correct, it is used.
 */
import { tf } from "../tf.ts"
import { amended, only, saved, type Amendment } from "./amended.ts"

type Four = [number, number, number, number]
type Resize = (images: tf.Tensor4D, size: [number, number], corners: boolean, centers: boolean) => tf.Tensor4D

const resizing = (
  kernelName: string,
  resize: () => Resize,
  isRight: (images: Four, corners: boolean) => boolean,
): Amendment =>
  amended<tf.ResizeBilinearAttrs>(kernelName, (stock) => (dy, kept, attrs) => {
    const shape = saved(kept, 0).shape as Four // images have four axes
    const { alignCorners, halfPixelCenters } = attrs
    if (!halfPixelCenters && isRight(shape, alignCorners)) {
      const { images } = stock(dy, kept, attrs)
      if (images === undefined) throw new Error(`TensorFlow.js has no gradient for the images of ${kernelName}.`)
      return { images: () => images().reshape(shape) }
    }
    const [batch, height, width, channels] = shape
    const [, rows, columns] = only(dy).shape as Four // dy has as many axes as the images
    /** Returns the matrix of one axis, [to, from]. */
    const matrix = (from: number, to: number): tf.Tensor =>
      resize()(tf.eye(from).reshape([1, from, 1, from]), [to, 1], alignCorners, halfPixelCenters).reshape([to, from])
    return {
      images: () => {
        const tall = tf.matMul(matrix(height, rows), only(dy).reshape([batch, rows, columns * channels]), true)
        const wide = tf.matMul(matrix(width, columns), tall.reshape([batch * height, columns, channels]), true)
        return wide.reshape(shape)
      },
    }
  })

export const resizeBilinear = resizing(
  tf.ResizeBilinear,
  () => tf.image.resizeBilinear,
  () => true,
)

export const resizeNearestNeighbor = resizing(
  tf.ResizeNearestNeighbor,
  () => tf.image.resizeNearestNeighbor,
  ([batch, height, width], corners) =>
    tf.getBackend() !== "cpu" || (batch === 1 && !(corners && (height === 1 || width === 1))),
)
