/**
 * The sizes of a convolution over images `[batch, height, width, channels]`, for the kernels of the forward pass and of
 * the gradients of its input and its filter.
 */
import { tf } from "../../../tf.ts"

// ---------------------------------------------------------------- model

/** One axis of an image. Output position i and filter tap t use input position `i * stride + t * dilation - before`. */
export interface Axis {
  /** The size of the input. */
  readonly size: number
  /** The size of the output. */
  readonly out: number
  /** The number of filter taps. */
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  /** The number of padding zeros before the input. */
  readonly before: number
}

/** A convolution. If it is depthwise, it has `outputs / channels` outputs per channel. */
export interface Convolution {
  readonly batch: number
  readonly channels: number
  readonly outputs: number
  readonly vertical: Axis
  readonly horizontal: Axis
}

type Shape = readonly number[]

/** The attributes that tfjs's operations pass to the kernels of a convolution. Gradients may omit some of them. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number
  readonly pad: tf.Conv2DAttrs["pad"]
  readonly dataFormat?: "NHWC" | "NCHW"
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

// --------------------------------------------------------- constructors

/**
 * Returns the sizes of a convolution from what tfjs passes to a kernel. `out` is the output shape if an output tensor
 * is given, as for a gradient; otherwise the output shape is computed. Throws if the shapes do not fit one another or
 * if the channels are not last.
 */
export const convolutionOf = (
  name: string,
  kind: "full" | "depthwise",
  {
    x,
    filter,
    out,
    attributes,
  }: { readonly x: Shape; readonly filter: Shape; readonly out?: Shape; readonly attributes: ConvolutionAttributes },
): Convolution => {
  if (!isChannelsLast(attributes))
    throw new Error(
      `${name} requires images [batch, height, width, channels], but the data format is NCHW. Transpose them first.`,
    )
  const depthwise = kind === "depthwise"
  const info = tf.backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number], // tfjs's operations have checked the ranks
    [...filter] as [number, number, number, number],
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    depthwise,
  )
  const [batch = 0, height = 0, width = 0, channels = 0] = x
  const [filterHeight = 0, filterWidth = 0, inputs = 0, last = 0] = filter
  const outputs = depthwise ? channels * last : last
  const [outBatch = 0, outHeight = 0, outWidth = 0, outChannels = 0] = out ?? info.outShape
  if (inputs !== channels || outBatch !== batch || outChannels !== outputs)
    throw new Error(
      `${name} cannot combine images [${x}], a filter [${filter}] and outputs [${out ?? info.outShape}]. Their batches and channels must match.`,
    )
  const vertical = {
    size: height,
    out: outHeight,
    taps: filterHeight,
    stride: info.strideHeight,
    dilation: info.dilationHeight,
    before: info.padInfo.top,
  }
  const horizontal = {
    size: width,
    out: outWidth,
    taps: filterWidth,
    stride: info.strideWidth,
    dilation: info.dilationWidth,
    before: info.padInfo.left,
  }
  return { batch, channels, outputs, vertical, horizontal }
}

// ----------------------------------------------------------- combinators

/**
 * Returns attributes with which XNNPACK pads correctly. With "same", it pads wrongly along an axis that needs no
 * padding and whose last positions no tap uses, so the padding is passed explicitly.
 */
export const withPadding = <A extends ConvolutionAttributes>(
  attributes: A,
  { vertical, horizontal }: Convolution,
): A => {
  if (attributes.pad !== "same" || [vertical, horizontal].every((axis) => missing(axis) >= 0)) return attributes
  const around = (axis: Axis): [number, number] => [axis.before, Math.max(0, missing(axis)) - axis.before]
  return { ...attributes, pad: [[0, 0], around(vertical), around(horizontal), [0, 0]] }
}

/** Returns how many positions beyond the input the taps span; it is negative if some input positions are never used. */
const missing = ({ size, out, taps, stride, dilation }: Axis): number =>
  (out - 1) * stride + (taps - 1) * dilation + 1 - size

/** Returns the input gradient of a convolution of stride 1 as a convolution of the outputs with the reversed filter. */
export const pulledBack = ({ batch, channels, outputs, vertical, horizontal }: Convolution): Convolution => ({
  ...{ batch, channels: outputs, outputs: channels },
  vertical: exchanged(vertical),
  horizontal: exchanged(horizontal),
})

const exchanged = ({ size, out, taps, stride, dilation, before }: Axis): Axis => ({
  ...{ size: out, out: size, taps, stride, dilation },
  before: (taps - 1) * dilation - before,
})

// ---------------------------------------------------------- destructors

export const hasStrideOne = ({ vertical, horizontal }: Convolution): boolean =>
  vertical.stride === 1 && horizontal.stride === 1

/** Returns whether images are [batch, height, width, channels], which is tfjs's default. */
export const isChannelsLast = ({ dataFormat = "NHWC" }: ConvolutionAttributes): boolean => dataFormat === "NHWC"

/** Returns the range of output positions, without its end, where a tap meets the input and not the padding. */
export const meets = (
  { size, out, stride, dilation, before }: Axis,
  tap: number,
): readonly [first: number, last: number] => {
  const offset = tap * dilation - before
  const first = Math.max(0, Math.ceil(-offset / stride))
  return [first, Math.max(first, Math.min(out, Math.floor((size - 1 - offset) / stride) + 1))]
}
