/**
 * Convolutions and pools on wasm whose stock kernel reads or writes out of bounds: windows that are not square, with a
 * number as padding or with `same` and a stride; windows that a stride skips over, with `same`; and windows that are
 * padded by their whole size. The cpu backend's kernel runs on the heap instead. Plain convolutions get explicit
 * padding in place of `same` (see `withPadding`), so only numbers remain for them.
 */
import { tf } from "../../../tf.ts"
import type { ConvolutionAttributes } from "../../cpu/stock/convolution.ts"
import { implement, stockOn, type Implementation } from "../../implement.ts"
import type { Contract, One } from "../../spec/Kernel.ts"
import { avgPool, conv2D, depthwiseConv2dNative, fusedConv2D, fusedDepthwiseConv2D, maxPool } from "../../spec/stock.ts"
import { asWasm, type WasmBackend } from "../WasmBackend.ts"
import { byCpu } from "./fromCpu.ts"

/** The attributes that decide: the window, its strides and the padding. */
type Window = Pick<
  ReturnType<typeof tf.backend_util.computePool2DInfo>,
  "filterHeight" | "filterWidth" | "strideHeight" | "strideWidth" | "padInfo"
>

type Four = [number, number, number, number]

const isMissed = ({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Window): boolean => {
  const isSquare = filterHeight === filterWidth
  const most = Math.max(padInfo.top, padInfo.bottom, padInfo.left, padInfo.right)
  const stride = Math.max(strideHeight, strideWidth)
  if (padInfo.type === "SAME") return stride > 1 && (!isSquare || (filterHeight > 1 && stride > filterHeight))
  return most > 0 && (!isSquare || most >= filterHeight)
}

type PoolAttributes = tf.AvgPoolAttrs | tf.MaxPoolAttrs

const pool = ({ x }: { readonly x: One }, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Window =>
  // Pools support only a number, `same` or `valid` as padding.
  tf.backend_util.computePool2DInfo(x.shape as Four, filterSize, strides, 1, pad as number, dimRoundingMode)

const convolution =
  (isDepthwise: boolean) =>
  (
    { x, filter }: { readonly x: One; readonly filter: One },
    { strides, pad, dilations, dimRoundingMode }: ConvolutionAttributes,
  ): Window =>
    tf.backend_util.computeConv2DInfo(
      ...([x.shape as Four, filter.shape as Four, strides, dilations ?? 1, pad, dimRoundingMode, isDepthwise] as const),
    )

/** Returns the stock kernel, except if `misses` returns true: then the cpu backend's kernel runs. */
const guarded = <I extends object, A extends object>(
  contract: Contract<I, A, One>,
  misses: (inputs: I, attributes: A) => boolean,
) => {
  const stock = stockOn(contract, "wasm")
  const onCpu = byCpu(contract)
  return (backend: WasmBackend, inputs: I, attributes: A): One =>
    stock === undefined || misses(inputs, attributes)
      ? onCpu(backend, inputs, attributes)
      : stock(backend, inputs, attributes)
}

const whole = <I extends object, A extends object>(
  contract: Contract<I, A, One>,
  windowOf: (inputs: I, attributes: A) => Window,
): Implementation =>
  implement(
    contract,
    "wasm",
    asWasm,
    guarded(contract, (inputs, attributes) => isMissed(windowOf(inputs, attributes))),
  )

export const windows: readonly Implementation[] = [
  whole(avgPool, pool),
  whole(maxPool, pool),
  whole(fusedConv2D, convolution(false)),
  whole(fusedDepthwiseConv2D, convolution(true)),
]

const byNumber =
  <I, A extends ConvolutionAttributes>(windowOf: (inputs: I, attributes: A) => Window) =>
  (inputs: I, attributes: A): boolean =>
    typeof attributes.pad === "number" && isMissed(windowOf(inputs, attributes))

/** The guarded stock kernels of plain convolutions, for kernels that pad by `withPadding`. */
export const guardedConvolution = {
  conv2D: guarded(conv2D, byNumber(convolution(false))),
  depthwise: guarded(depthwiseConv2dNative, byNumber(convolution(true))),
}
