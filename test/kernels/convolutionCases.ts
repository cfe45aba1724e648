/** Cases of TensorFlow.js's convolutions, pools and dilations, and of their gradients. */
import { tf } from "../../src/tensor/tf.ts"
import { stockLaw, type Case, type StockSample } from "./Case.ts"
import { floats, typed, type Shape } from "./hosts.ts"

// ----------------------------------------------------------- convolutions

interface Window {
  readonly x: Shape
  readonly filter: Shape
  readonly strides: readonly [number, number]
  readonly pad: "same" | "valid" | number
  readonly dilations?: readonly [number, number]
}

/** Images [batch, height, width, channels] and filters [height, width, channels, outputs]. */
const WINDOWS: readonly Window[] = [
  { x: [1, 1, 1, 1], filter: [1, 1, 1, 1], strides: [1, 1], pad: "valid" },
  { x: [0, 4, 4, 2], filter: [3, 3, 2, 3], strides: [1, 1], pad: "same" },
  { x: [1, 3, 3, 0], filter: [2, 2, 0, 3], strides: [1, 1], pad: "same" },
  { x: [2, 5, 7, 3], filter: [3, 3, 3, 0], strides: [1, 1], pad: "same" },
  { x: [2, 5, 7, 3], filter: [3, 3, 3, 5], strides: [1, 1], pad: "same" },
  { x: [2, 5, 7, 3], filter: [3, 3, 3, 5], strides: [2, 2], pad: "same" },
  { x: [1, 7, 5, 2], filter: [2, 3, 2, 3], strides: [1, 1], pad: "valid" },
  { x: [1, 7, 9, 2], filter: [2, 3, 2, 3], strides: [2, 1], pad: "same" },
  { x: [1, 7, 7, 3], filter: [3, 3, 3, 1], strides: [1, 1], pad: 1 },
  { x: [1, 6, 5, 3], filter: [1, 1, 3, 7], strides: [1, 1], pad: "same" },
  { x: [1, 7, 7, 2], filter: [1, 2, 2, 2], strides: [3, 3], pad: "same" },
  { x: [1, 9, 9, 3], filter: [3, 3, 3, 4], strides: [1, 1], pad: "same", dilations: [2, 2] },
  { x: [3, 9, 11, 5], filter: [3, 2, 5, 9], strides: [1, 1], pad: "same" },
]

const attributesOf = ({ strides, pad, dilations = [1, 1] }: Window) => ({
  ...{ strides, pad, dilations, dataFormat: "NHWC" },
  dimRoundingMode: typeof pad === "number" ? "floor" : undefined,
})

/** The shape of what comes out. */
const outOf = (window: Window, isDepthwise: boolean): Shape => {
  const { x, filter, strides, pad, dilations = [1, 1] } = window
  type Two = [number, number]
  type Four = [number, number, number, number]
  const info = tf.backend_util.computeConv2DInfo(
    ...([x as Four, filter as Four, [...strides] as Two, [...dilations] as Two, pad] as const), // so many sizes each
    typeof pad === "number" ? "floor" : undefined,
    isDepthwise,
  )
  return info.outShape
}

const depthwise = WINDOWS.map((window): Window => ({
  ...window,
  filter: [...window.filter.slice(0, 3), Math.min(2, window.filter[3] ?? 1)],
}))
  .concat({ x: [1, 5, 5, 3], filter: [3, 3, 3, 1], strides: [1, 1], pad: "same" })
  .filter(({ strides }) => strides[0] === strides[1])

const over = (
  windows: readonly Window[],
  isDepthwise: boolean,
  inputs: (window: Window, out: Shape) => () => tf.NamedTensorMap,
  more: (window: Window, out: Shape) => object = () => ({}),
): readonly StockSample[] =>
  windows.map((window) => {
    const out = outOf(window, isDepthwise)
    return {
      title: "of images",
      inputs: inputs(window, out),
      attributes: { ...attributesOf(window), ...more(window, out) },
    }
  })

const conv = { ofLargest: 2e-6 }

const convolutions: readonly Case[] = [
  ...stockLaw(
    "Conv2D",
    conv,
    over(WINDOWS, false, ({ x, filter }) => () => ({ x: floats(x, 1), filter: floats(filter, 2) })),
  ),
  ...stockLaw(
    "Conv2DBackpropInput",
    conv,
    over(
      WINDOWS.filter(({ dilations }) => dilations === undefined),
      false,
      ({ filter }, out) =>
        () => ({ dy: floats(out, 1), filter: floats(filter, 2) }),
      ({ x }) => ({ inputShape: x }),
    ),
  ),
  ...stockLaw(
    "Conv2DBackpropFilter",
    conv,
    over(
      WINDOWS.filter(({ dilations }) => dilations === undefined),
      false,
      ({ x }, out) =>
        () => ({ x: floats(x, 1), dy: floats(out, 2) }),
      ({ filter }) => ({ filterShape: filter }),
    ),
  ),
  ...stockLaw(
    "DepthwiseConv2dNative",
    conv,
    over(depthwise, true, ({ x, filter }) => () => ({ x: floats(x, 1), filter: floats(filter, 2) })),
  ),
  ...stockLaw(
    "DepthwiseConv2dNativeBackpropInput",
    conv,
    over(
      depthwise.filter(({ dilations }) => dilations === undefined),
      true,
      ({ filter }, out) =>
        () => ({ dy: floats(out, 1), filter: floats(filter, 2) }),
      ({ x }) => ({ inputShape: x }),
    ),
  ),
  ...stockLaw(
    "DepthwiseConv2dNativeBackpropFilter",
    conv,
    over(
      depthwise.filter(({ dilations }) => dilations === undefined),
      true,
      ({ x }, out) =>
        () => ({ x: floats(x, 1), dy: floats(out, 2) }),
      ({ filter }) => ({ filterShape: filter }),
    ),
  ),
  ...["linear", "relu"].flatMap((activation) => [
    ...stockLaw(
      "FusedConv2D",
      conv,
      over(
        WINDOWS,
        false,
        ({ x, filter }) =>
          () => ({ x: floats(x, 1), filter: floats(filter, 2), bias: floats(filter.slice(3), 3) }),
        () => ({ activation }),
      ),
    ),
    ...stockLaw(
      "FusedDepthwiseConv2D",
      conv,
      over(
        depthwise,
        true,
        ({ x, filter }, out) =>
          () => ({ x: floats(x, 1), filter: floats(filter, 2), bias: floats(out.slice(3), 3) }),
        () => ({ activation }),
      ),
    ),
  ]),
]

// ------------------------------------------------------------------ pools

interface Pool {
  readonly x: Shape
  readonly filterSize: number | readonly [number, number]
  readonly strides: number
  readonly pad: "same" | "valid" | number
}

const POOLS: readonly Pool[] = [
  { x: [1, 1, 1, 1], filterSize: 1, strides: 1, pad: "valid" },
  { x: [0, 4, 4, 2], filterSize: 2, strides: 1, pad: "same" },
  { x: [2, 5, 7, 3], filterSize: 2, strides: 2, pad: "valid" },
  { x: [1, 7, 7, 3], filterSize: 3, strides: 2, pad: "same" },
  { x: [1, 7, 5, 2], filterSize: [2, 3], strides: 1, pad: "same" },
  { x: [1, 7, 9, 2], filterSize: [2, 3], strides: 2, pad: "same" },
  { x: [1, 7, 7, 5], filterSize: 3, strides: 1, pad: 1 },
  { x: [1, 9, 9, 1], filterSize: 2, strides: 3, pad: "same" },
]

const pooled = ({ filterSize, strides, pad }: Pool) => ({
  ...{ filterSize, strides, pad },
  dimRoundingMode: typeof pad === "number" ? "floor" : undefined,
})

const poolOf = ({ x, filterSize, strides, pad }: Pool): Shape =>
  tf.backend_util.computePool2DInfo(
    ...([x as [number, number, number, number], filterSize as number, strides, 1, pad as number] as const), // `same` is one of them
    typeof pad === "number" ? "floor" : undefined,
  ).outShape

const pools: readonly Case[] = [
  ...["AvgPool", "MaxPool"].flatMap((kernel) =>
    stockLaw(
      kernel,
      { ofEach: 1e-6 },
      POOLS.map((pool) => ({
        title: "of images",
        inputs: () => ({ x: floats(pool.x, 1) }),
        attributes: pooled(pool),
      })),
    ),
  ),
  ...stockLaw(
    "MaxPoolGrad",
    { ofEach: 1e-6 },
    POOLS.map((pool) => ({
      title: "of images",
      inputs: () => {
        const input = floats(pool.x, 1)
        // There is one output.
        const output = tf.engine().runKernel("MaxPool", { x: input }, pooled(pool) as tf.NamedAttrMap) as tf.Tensor
        return { dy: floats(poolOf(pool), 2), input, output }
      },
      attributes: pooled(pool),
    })),
  ),
]

// ------------------------------------------------- volumes and dilations

const VOLUMES: readonly Shape[] = [
  [1, 1, 1, 1, 1],
  [0, 3, 3, 3, 2],
  [1, 3, 5, 3, 3],
  [2, 4, 3, 5, 1],
]

const cube = { filterSize: [2, 2, 2], strides: [1, 1, 1], pad: "same", dataFormat: "NDHWC" }

const volumes: readonly Case[] = [
  ...stockLaw(
    "MaxPool3D",
    { ofEach: 1e-6 },
    VOLUMES.map((x) => ({ title: "of volumes", inputs: () => ({ x: floats(x, 1) }), attributes: cube })),
  ),
  ...stockLaw(
    "MaxPool3DGrad",
    { ofEach: 1e-6 },
    VOLUMES.map((x) => ({
      title: "of volumes",
      inputs: () => ({ dy: floats(x, 2), input: floats(x, 1), output: floats(x, 3) }),
      attributes: cube,
    })),
  ),
  ...stockLaw(
    "Conv3DBackpropInputV2",
    conv,
    VOLUMES.map((x) => ({
      title: "of volumes",
      inputs: () => {
        const [taps, outputs] = x[1] === 1 ? [1, 1] : [2, 3]
        return {
          dy: floats([...x.slice(0, 4), outputs], 1),
          filter: floats([taps, taps, taps, x[4] ?? 1, outputs], 2),
        }
      },
      attributes: { strides: [1, 1, 1], pad: "same", inputShape: x },
    })),
  ),
  ...stockLaw(
    "Conv3DBackpropFilterV2",
    conv,
    VOLUMES.flatMap((x) =>
      (x[1] === 1 ? [[1, 1, 1, 1, 1]] : [[2, 2, 2, x[4] ?? 1, 3]]).map((filterShape) => ({
        title: "of volumes",
        inputs: () => ({ x: floats(x, 1), dy: floats([...x.slice(0, 4), filterShape[4] ?? 1], 2) }),
        attributes: { strides: [1, 1, 1], pad: "same", filterShape },
      })),
    ),
  ),
  ...["Dilation2D", "Dilation2DBackpropInput", "Dilation2DBackpropFilter"].flatMap((kernel) =>
    stockLaw(
      kernel,
      { ofEach: 1e-6 },
      (
        [
          [
            [1, 1, 1, 1],
            [1, 1, 1],
          ],
          [
            [0, 4, 4, 2],
            [2, 2, 2],
          ],
          [
            [1, 5, 7, 3],
            [2, 3, 3],
          ],
          [
            [2, 7, 5, 1],
            [3, 3, 1],
          ],
        ] as const
      ).map(([x, filter]) => ({
        title: "of images",
        inputs: () => ({
          ...{ x: floats(x, 1), filter: floats(filter, 2) },
          ...(kernel === "Dilation2D" ? {} : { dy: floats(x, 3) }),
        }),
        attributes: { strides: [1, 1], pad: "same", dilations: [1, 1] },
      })),
    ),
  ),
  ...stockLaw(
    "ResizeNearestNeighbor",
    "bits",
    (["float32", "int32", "bool"] as const).flatMap((dtype) =>
      [
        [1, 1, 1, 1],
        [0, 2, 2, 1],
        [1, 2, 3, 5],
        [2, 5, 3, 3],
      ].map((x) => ({
        title: `of ${dtype}`,
        inputs: () => ({ images: typed(dtype, x, 1) }),
        attributes: { size: [x[1] === 1 ? 1 : 5, x[1] === 1 ? 1 : 7], alignCorners: false, halfPixelCenters: false },
      })),
    ),
  ),
]

export const convolutionCases: readonly Case[] = [...convolutions, ...pools, ...volumes]
