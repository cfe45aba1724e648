/**
 * The sizes of a convolution over images `[batch, height, width, channels]`, as the kernels of its three directions need them: forward, and
 * the gradients of its input and of its filter.
 */
import { tf } from "../../../tf.ts"

// ---------------------------------------------------------------- model

/** One axis of an image: output place i and tap t of the filter meet input place `i * stride + t * dilation - before`. */
export interface Axis {
  /** Places of the input. */
  readonly size: number
  /** Places of the output. */
  readonly out: number
  /** Taps of the filter. */
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  /** Zeros before the input. */
  readonly before: number
}

/** A convolution; a depthwise one has `outputs / channels` outputs for each channel. */
export interface Convolution {
  readonly batch: number
  readonly channels: number
  readonly outputs: number
  readonly vertical: Axis
  readonly horizontal: Axis
}

type Shape = readonly number[]

/** What tfjs's operations pass to the kernels of a convolution; those of gradients may lack some. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number
  readonly pad: tf.Conv2DAttrs["pad"]
  readonly dataFormat?: "NHWC" | "NCHW"
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

// --------------------------------------------------------- constructors

/**
 * What tfjs passes to a kernel, as sizes. `out` is the shape of the output where a tensor of it is given, as to a gradient; else it is computed.
 * Throws where the shapes do not fit each other, and where channels do not come last.
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
      `${name} takes images [batch, height, width, channels], but the data format is NCHW: transpose first.`,
    )
  const depthwise = kind === "depthwise"
  const info = tf.backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number], // tfjs's ops have checked the ranks
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
      `${name} cannot join images [${x}], a filter [${filter}] and outputs [${out ?? info.outShape}]: batches and channels must agree.`,
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
 * The attributes with which XNNPACK pads as it should: told "same", it pads wrongly along an axis that needs no padding and whose
 * last places no tap meets, so it is told how many zeros.
 */
export const withPadding = <A extends ConvolutionAttributes>(
  attributes: A,
  { vertical, horizontal }: Convolution,
): A => {
  if (attributes.pad !== "same" || [vertical, horizontal].every((axis) => missing(axis) >= 0)) return attributes
  const around = (axis: Axis): [number, number] => [axis.before, Math.max(0, missing(axis)) - axis.before]
  return { ...attributes, pad: [[0, 0], around(vertical), around(horizontal), [0, 0]] }
}

/** The places that the taps span beyond the input; below zero where some of it is never met. */
const missing = ({ size, out, taps, stride, dilation }: Axis): number =>
  (out - 1) * stride + (taps - 1) * dilation + 1 - size

/** The gradient of a convolution of stride 1 is one too, of the outputs by the filter from its last tap to the first. */
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

/** Whether images are [batch, height, width, channels], as they are unless tfjs is told otherwise. */
export const isChannelsLast = ({ dataFormat = "NHWC" }: ConvolutionAttributes): boolean => dataFormat === "NHWC"

/** The output places, from the first to before the last, where a tap meets the input and not the padding. */
export const meets = (
  { size, out, stride, dilation, before }: Axis,
  tap: number,
): readonly [first: number, last: number] => {
  const offset = tap * dilation - before
  const first = Math.max(0, Math.ceil(-offset / stride))
  return [first, Math.max(first, Math.min(out, Math.floor((size - 1 - offset) / stride) + 1))]
}
