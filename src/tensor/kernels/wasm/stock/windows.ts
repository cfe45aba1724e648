/**
 * Convolutions and pools on wasm whose stock kernel reads or writes elsewhere: windows that are not square, with a number as padding or with
 * `same` and a stride; windows that a stride leaps over, with `same`; and those padded by their whole size. The cpu backend's kernel runs these over
 * the heap. Plain convolutions are told how many zeros there are in place of `same` (see `withPadding`), so for them only numbers are left.
 */
import { tf } from "../../../tf.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { fromCpu } from "./fromCpu.ts"

/** What decides: the window, its strides, and the padding. */
type Window = Pick<
  ReturnType<typeof tf.backend_util.computePool2DInfo>,
  "filterHeight" | "filterWidth" | "strideHeight" | "strideWidth" | "padInfo"
>

/** The attributes of all of these kernels; pools have a filter's size, convolutions a filter. */
interface Attributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: "same" | "valid" | number
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

type Four = [number, number, number, number]
type Call = Parameters<tf.KernelFunc>[0]

const isMissed = ({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Window): boolean => {
  const isSquare = filterHeight === filterWidth
  const most = Math.max(padInfo.top, padInfo.bottom, padInfo.left, padInfo.right)
  const stride = Math.max(strideHeight, strideWidth)
  if (padInfo.type === "SAME") return stride > 1 && (!isSquare || (filterHeight > 1 && stride > filterHeight))
  return most > 0 && (!isSquare || most >= filterHeight)
}

const pool = ({ inputs, attrs }: Call): Window => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes // tfjs's ops set them
  return tf.backend_util.computePool2DInfo(
    inputOf(inputs, "x").shape as Four,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
}

const convolution =
  (isDepthwise: boolean) =>
  ({ inputs, attrs }: Call): Window => {
    const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as Attributes // likewise
    const [x, filter] = [inputOf(inputs, "x").shape as Four, inputOf(inputs, "filter").shape as Four]
    return tf.backend_util.computeConv2DInfo(x, filter, strides, dilations ?? 1, pad, dimRoundingMode, isDepthwise)
  }

const guarded = (kernelName: string, misses: (call: Call) => boolean): tf.KernelFunc => {
  const stock = tf.getKernel(kernelName, "wasm")
  const { kernelFunc } = fromCpu(kernelName)
  return (call) => (misses(call) ? kernelFunc(call) : stock.kernelFunc(call))
}

const whole = (kernelName: string, windowOf: (call: Call) => Window): tf.KernelConfig => ({
  kernelName,
  backendName: "wasm",
  kernelFunc: guarded(kernelName, (call) => isMissed(windowOf(call))),
})

export const windows: readonly tf.KernelConfig[] = [
  whole("AvgPool", pool),
  whole("MaxPool", pool),
  whole("FusedConv2D", convolution(false)),
  whole("FusedDepthwiseConv2D", convolution(true)),
]

const byNumber =
  (windowOf: (call: Call) => Window) =>
  (call: Call): boolean =>
    typeof call.attrs?.["pad"] === "number" && isMissed(windowOf(call))

/** The stock kernels of plain convolutions, for those that pad by `withPadding`. */
export const guardedConvolution = {
  conv2D: guarded("Conv2D", byNumber(convolution(false))),
  depthwise: guarded("DepthwiseConv2dNative", byNumber(convolution(true))),
}
