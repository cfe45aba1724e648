/**
 * Convolution in float64, by its definition: the output, and both gradients, with the sums of |terms| that distances
 * are relative to.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test

/** The sizes of a convolution. If it is depthwise, every channel has `each` outputs. */
export interface Sizes {
  readonly depthwise: boolean
  readonly batch: number
  readonly input: readonly [height: number, width: number]
  readonly channels: number
  readonly outputs: number
  readonly taps: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly before: readonly [top: number, left: number]
  readonly out: readonly [height: number, width: number]
}

/** A sum and the sum of |terms|, for every element. */
export interface Sums {
  readonly values: Float64Array
  readonly sizes: Float64Array
}

type Numbers = ArrayLike<number>

const zeros = (count: number): Sums => ({ values: new Float64Array(count), sizes: new Float64Array(count) })

const add = ({ values, sizes }: Sums, at: number, term: number): void => {
  values[at]! += term
  sizes[at]! += Math.abs(term)
}

/**
 * The filter's output channels for every input channel, [channels, each], if it is depthwise; otherwise all of them,
 * for all.
 */
export const outputsOf = ({ depthwise, channels, outputs }: Sizes): number => (depthwise ? channels * outputs : outputs)

/** Every product of the convolution: places in x, in the filter and in the output. */
const eachTerm = (sizes: Sizes, use: (x: number, filter: number, y: number) => void): void => {
  const { depthwise, batch, input, channels, outputs, taps, strides, dilations, before, out } = sizes
  const wide = outputsOf(sizes)
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < out[0]; i++)
      for (let j = 0; j < out[1]; j++)
        for (let t = 0; t < taps[0]; t++)
          for (let s = 0; s < taps[1]; s++) {
            const row = i * strides[0] + t * dilations[0] - before[0]
            const column = j * strides[1] + s * dilations[1] - before[1]
            if (row < 0 || row >= input[0] || column < 0 || column >= input[1]) continue
            for (let c = 0; c < channels; c++)
              for (let o = 0; o < outputs; o++)
                use(
                  ((b * input[0] + row) * input[1] + column) * channels + c,
                  ((t * taps[1] + s) * channels + c) * outputs + o,
                  ((b * out[0] + i) * out[1] + j) * wide + (depthwise ? c * outputs + o : o),
                )
          }
}

export const convolved = (sizes: Sizes, x: Numbers, filter: Numbers): Sums => {
  const sums = zeros(sizes.batch * sizes.out[0] * sizes.out[1] * outputsOf(sizes))
  eachTerm(sizes, (i, w, y) => add(sums, y, x[i]! * filter[w]!))
  return sums
}

export const inputGradient = (sizes: Sizes, dy: Numbers, filter: Numbers): Sums => {
  const sums = zeros(sizes.batch * sizes.input[0] * sizes.input[1] * sizes.channels)
  eachTerm(sizes, (i, w, y) => add(sums, i, dy[y]! * filter[w]!))
  return sums
}

export const filterGradient = (sizes: Sizes, x: Numbers, dy: Numbers): Sums => {
  const sums = zeros(sizes.taps[0] * sizes.taps[1] * sizes.channels * sizes.outputs)
  eachTerm(sizes, (i, w, y) => add(sums, w, x[i]! * dy[y]!))
  return sums
}

/** The largest |x - exact| in units of the sum of |terms|, or 0 if there are none. */
export const distance = (x: Numbers, { values, sizes }: Sums): number => {
  if (x.length !== values.length) return NaN
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const difference = Math.abs(x[i]! - values[i]!)
    if (difference !== 0) largest = Math.max(largest, difference / sizes[i]!)
    if (Number.isNaN(difference)) return NaN
  }
  return largest
}
