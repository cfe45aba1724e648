/**
 * `Conv2DBackpropFilter` and `DepthwiseConv2dNativeBackpropFilter` in plain JavaScript. They give the bits of the stock
 * cpu kernels, which look up every element by its four indices and are a hundred times slower.
 *
 * Terms are added in float64, in the order of images, rows and columns of the output, and rounded once.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../../exact/frame.ts"
import { implement, stockOn, type Implementation } from "../../implement.ts"
import type { Contract, One } from "../../spec/Kernel.ts"
import { conv2DBackpropFilter, depthwiseConv2dNativeBackpropFilter } from "../../spec/stock.ts"
import { asCpu, fromCpu, type Numbers } from "../Access.ts"
import { convolutionOf, isChannelsLast, meets, type Convolution, type ConvolutionAttributes } from "./convolution.ts"

/** Adds x[at + i] dy[to + j] at one position to the sums of a tap. */
type Add = (sums: Float64Array, x: Numbers, at: number, dy: Numbers, to: number) => void

const kernel = <
  I extends { readonly x: One; readonly dy: One },
  A extends ConvolutionAttributes & { readonly filterShape: readonly number[] },
>(
  contract: Contract<I, A, One>,
  kind: "full" | "depthwise",
  adding: (convolution: Convolution) => Add,
): Implementation => {
  const stock = stockOn(contract, "cpu")
  return implement(contract, "cpu", asCpu, (cpu, inputs, attributes) => {
    if (!isChannelsLast(attributes) && stock !== undefined) return stock(cpu, inputs, attributes)
    const { x, dy } = inputs
    const access = fromCpu(cpu)
    const filter = attributes.filterShape
    const convolution = convolutionOf("A convolution's gradient", kind, {
      ...{ x: x.shape, filter, out: dy.shape, attributes },
    })
    const out = access.output(filter, "float32")
    sum(convolution, filter, adding(convolution), access.view(x), access.view(dy), access.view(out))
    return out
  })
}

const sum = (
  { batch, channels, outputs, vertical, horizontal }: Convolution,
  filter: readonly number[],
  add: Add,
  x: Numbers,
  dy: Numbers,
  out: Numbers,
): void => {
  const tap = sizeOf(filter.slice(2))
  const sums = new Float64Array(tap)
  for (let t = 0; t < vertical.taps; t++) {
    const [top, bottom] = meets(vertical, t)
    for (let s = 0; s < horizontal.taps; s++) {
      const [left, right] = meets(horizontal, s)
      sums.fill(0)
      for (let b = 0; b < batch; b++)
        for (let i = top; i < bottom; i++) {
          const y = b * vertical.size + i * vertical.stride + t * vertical.dilation - vertical.before
          for (let j = left; j < right; j++) {
            const at = y * horizontal.size + j * horizontal.stride + s * horizontal.dilation - horizontal.before
            add(sums, x, at * channels, dy, ((b * vertical.out + i) * horizontal.out + j) * outputs)
          }
        }
      out.set(sums, (t * horizontal.taps + s) * tap)
    }
  }
}

export const filterGradients: readonly Implementation[] = [
  kernel(conv2DBackpropFilter, "full", ({ channels, outputs }) => (sums, x, at, dy, to) => {
    for (let c = 0, k = 0; c < channels; c++) {
      const value = x[at + c]!
      for (let o = 0; o < outputs; o++, k++) sums[k]! += value * dy[to + o]!
    }
  }),
  kernel(depthwiseConv2dNativeBackpropFilter, "depthwise", ({ channels, outputs }) => (sums, x, at, dy, to) => {
    const each = outputs / channels
    for (let c = 0, k = 0; c < channels; c++) {
      const value = x[at + c]!
      for (let m = 0; m < each; m++, k++) sums[k]! += value * dy[to + k]!
    }
  }),
]
