/**
 * The gradients of pools with padding. An average is over the elements inside the image, and so is its gradient; the
 * stock gradient, except on TensorFlow, divides by the whole window. TensorFlow.js has no gradient for windows that
 * round the output size up.
 */
import { tf } from "../tf.ts"
import { amended, only, saved, type Amendment } from "./amended.ts"
import { expectRoundedDown, type Sized } from "./roundedDown.ts"

type Four = [number, number, number, number]
type Five = [number, number, number, number, number]

/** Returns the pool that the stock gradient of a 2-d pool assumes. */
const flat = (x: tf.Tensor, { filterSize, strides, pad }: tf.AvgPoolAttrs | tf.MaxPoolAttrs) =>
  // a pool has no explicit padding
  tf.backend_util.computePool2DInfo(x.shape as Four, filterSize, strides, 1, pad as number)

/**
 * Returns the ratio of the window size `extent` to the part of the window inside [0, size), for every output position.
 */
const excess = (places: number, stride: number, padding: number, extent: number, size: number): number[] =>
  Array.from({ length: places }, (_, i) => {
    const start = i * stride - padding
    return extent / (Math.min(size, start + extent) - Math.max(0, start))
  })

/** Multiplies the cotangent by the excess along each axis between batch and channels. */
const spread = (dy: tf.Tensor, factors: ReadonlyArray<ReadonlyArray<number>>): tf.Tensor => {
  if (tf.getBackend() === "tensorflow" || factors.flat().every((factor) => factor === 1)) return dy
  return factors.reduce((scaled, factor, axis) => {
    const shape = [factor.length, ...factors.slice(axis + 1).map(() => 1), 1]
    return scaled.mul(tf.tensor([...factor], shape))
  }, dy)
}

export const avgPool: Amendment = amended<tf.AvgPoolAttrs>(tf.AvgPool, (stock) => (dy, kept, attrs) => {
  const x = saved(kept, 0)
  const info = flat(x, attrs)
  expectRoundedDown("avgPool", only(dy), info as Sized)
  const rows = excess(info.outHeight, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight)
  const columns = excess(info.outWidth, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth)
  return { x: () => back(stock(spread(only(dy), [rows, columns]), kept, attrs)) }
})

export const avgPool3D: Amendment = amended<tf.AvgPool3DAttrs>(tf.AvgPool3D, (stock) => (dy, kept, attrs) => {
  const x = saved(kept, 0)
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const info = tf.backend_util.computePool3DInfo(x.shape as Five, filterSize, strides, 1, pad, dimRoundingMode)
  const layers = excess(info.outDepth, info.strideDepth, info.padInfo.front, info.filterDepth, info.inDepth)
  const rows = excess(info.outHeight, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight)
  const columns = excess(info.outWidth, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth)
  return { x: () => back(stock(spread(only(dy), [layers, rows, columns]), kept, attrs)) }
})

export const maxPool: Amendment = amended<tf.MaxPoolAttrs>(tf.MaxPool, (stock) => (dy, kept, attrs) => {
  expectRoundedDown("maxPool", only(dy), flat(saved(kept, 0), attrs) as Sized)
  return stock(dy, kept, attrs)
})

/** Returns the gradient with respect to the only input. */
const back = (gradients: ReturnType<tf.GradFunc>): tf.Tensor => {
  const x = gradients["x"]
  if (x === undefined) throw new Error("TensorFlow.js has no gradient for the input of a pool.")
  return x()
}
