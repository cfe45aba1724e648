/** Cases of TensorFlow.js's kernels that move elements, and of those that go along an axis. */
import { sizeOf } from "../../src/exact/frame.ts"
import { tf } from "../../src/tensor/tf.ts"
import { stockLaw, type Case, type StockSample } from "./Case.ts"
import { floats, integers, typed, type Shape } from "./hosts.ts"

const TYPES = ["float32", "int32", "bool"] as const

type Type = (typeof TYPES)[number]

/** The samples for each type of elements. */
const ofTypes = (
  samples: (make: (shape: Shape) => tf.Tensor, dtype: Type) => readonly Omit<StockSample, "title">[],
  types: readonly Type[] = TYPES,
): readonly StockSample[] =>
  types.flatMap((dtype) =>
    samples((shape) => typed(dtype, shape, 3), dtype).map((sample) => ({ title: `of ${dtype}`, ...sample })),
  )

const SHAPES: readonly Shape[] = [
  [0],
  [1],
  [5],
  [0, 3],
  [3, 0],
  [1, 1],
  [3, 5],
  [33, 3],
  [2, 3, 7],
  [2, 3, 2, 5],
  [3, 67],
]

const ids = (shape: Shape, count: number): tf.Tensor =>
  tf.tensor(
    integers(sizeOf(shape), 11, 1e6).map((id) => Math.abs(id) % count),
    [...shape],
    "int32",
  )

const turns = (rank: number): readonly Shape[] =>
  Array.from({ length: rank }, (_, by) => Array.from({ length: rank }, (_, axis) => (axis + by) % rank)).concat(
    rank > 2 ? [Array.from({ length: rank }, (_, axis) => (axis < 2 ? 1 - axis : axis))] : [],
  )

/** Leading axes, which have a separate routine, in any order, and others. */
const axesTogether = (shape: Shape): readonly Shape[] => [
  ...[[0], [...shape.keys()], [shape.length - 1], [-1]],
  ...(shape.length > 1 ? [[0, 1], [1, 0], [1]] : []),
  ...(shape.length > 3
    ? [
        [0, 2],
        [2, 0, 1],
        [-1, -4],
      ]
    : []),
]

const axesOf = (shape: Shape): readonly number[] => [...shape.keys(), -1]

const segments = (dtype: Type, shape: Shape, of: () => tf.Tensor, numSegments: number): StockSample => {
  const inputs = () => ({ x: typed(dtype, shape, 3), segmentIds: of() })
  return {
    title: `of ${dtype}`,
    inputs,
    attributes: { numSegments },
    // TensorFlow.js's cpu kernel turns int32 into floats.
    right: () => [tf.unsortedSegmentSum(inputs().x, of() as tf.Tensor1D, numSegments).cast(dtype)],
  }
}

export const movingCases: readonly Case[] = [
  ...stockLaw(
    "Transpose",
    "bits",
    ofTypes((make) =>
      [...SHAPES, [67, 131], [5, 3, 257]].flatMap((shape) =>
        turns(shape.length).map((perm) => ({ inputs: () => ({ x: make(shape) }), attributes: { perm } })),
      ),
    ),
  ),
  ...stockLaw(
    "Slice",
    "bits",
    ofTypes((make) => [
      ...SHAPES.flatMap((shape) => [
        {
          inputs: () => ({ x: make(shape) }),
          attributes: { begin: shape.map((n) => Math.min(1, n)), size: shape.map((n) => Math.max(0, n - 1)) },
        },
        { inputs: () => ({ x: make(shape) }), attributes: { begin: shape.map(() => 0), size: [...shape] } },
      ]),
      { inputs: () => ({ x: make([5, 300]) }), attributes: { begin: [1, 2], size: [3, 201] } },
      { inputs: () => ({ x: make([2, 3, 2, 2, 5]) }), attributes: { begin: [1, 0, 0, 1, 2], size: [1, 2, 2, 1, 3] } },
    ]),
  ),
  ...stockLaw(
    "Tile",
    "bits",
    ofTypes((make) =>
      SHAPES.flatMap((shape) =>
        [1, 2, 3, 4].map((count) => ({
          inputs: () => ({ x: make(shape) }),
          attributes: { reps: shape.map((_, axis) => (axis % 2 === 0 ? count : 4 - count)) },
        })),
      ),
    ),
  ),
  ...stockLaw(
    "Unpack",
    "bits",
    ofTypes((make) =>
      [[1], [5], [1, 0], [1, 1], [3, 5], [33, 3], [2, 3, 7], [2, 3, 2, 2, 3], [3, 4, 150]].flatMap((shape) =>
        axesOf(shape)
          .filter((axis) => shape.at(axis) !== 0)
          .map((axis) => ({ inputs: () => ({ value: make(shape) }), attributes: { axis } })),
      ),
    ),
  ),
  ...stockLaw(
    "SplitV",
    "bits",
    ofTypes((make) =>
      [
        [[1], 0, [1]],
        [[0, 3], 1, [1, 2]],
        [[4, 301], 1, [150, 151]],
        [[7, 5], 0, [1, 3, 3]],
        [[2, 6, 5], 1, [1, 0, 5]],
        [[2, 6, 5], -2, [1, 3, 2]],
      ].map(([shape, axis, numOrSizeSplits]) => ({
        inputs: () => ({ x: make(shape as Shape) }), // the first of each
        attributes: { axis, numOrSizeSplits },
      })),
    ),
  ),
  ...stockLaw(
    "GatherV2",
    "bits",
    ofTypes((make) => [
      ...[[1], [5], [1, 1], [3, 5], [2, 3, 7], [3, 4, 150]].flatMap((shape) =>
        shape.flatMap((size, axis) =>
          [[0], [1], [7], [2, 3]].map((places) => ({
            inputs: () => ({ x: make(shape), indices: ids(places, size) }),
            attributes: { axis, batchDims: 0 },
          })),
        ),
      ),
      { inputs: () => ({ x: make([4, 5, 3, 2]), indices: ids([4, 6], 3) }), attributes: { axis: 2, batchDims: 1 } },
      { inputs: () => ({ x: make([0, 3]), indices: ids([2], 3) }), attributes: { axis: 1, batchDims: 0 } },
    ]),
  ),
  ...stockLaw("UnsortedSegmentSum", "bits", [
    ...(["float32", "int32"] as const).flatMap((dtype) =>
      [[0], [0, 2], [1], [5], [9, 0], [9, 7], [33, 3], [3, 2, 5]].flatMap((shape) =>
        [1, 5].map((count) => segments(dtype, shape, () => ids(shape.slice(0, 1), count), count)),
      ),
    ),
    segments("float32", [9, 3], () => tf.tensor1d([0, 3, 3, -1, 7, 0, 3, 1, 5], "int32"), 5),
  ]),
  ...stockLaw(
    "Sum",
    "bits",
    ofTypes(
      (make) =>
        SHAPES.flatMap((shape) =>
          axesTogether(shape).flatMap((axis) =>
            [false, true].map((keepDims) => ({ inputs: () => ({ x: make(shape) }), attributes: { axis, keepDims } })),
          ),
        ),
      ["float32", "int32"], // what the operation casts bool to
    ),
  ),
  ...stockLaw(
    "Sum",
    { ofLargest: 1e-6 },
    [
      [65, 7],
      [5, 3, 31],
    ].flatMap((shape) =>
      [[0], [1]].map((axis) => ({
        title: "of floats",
        inputs: () => ({ x: floats(shape, 1) }),
        attributes: { axis, keepDims: false },
      })),
    ),
  ),
  ...["Cumsum", "Cumprod"].flatMap((kernel) =>
    stockLaw(
      kernel,
      "bits",
      ofTypes((make) =>
        [[0], [1], [5], [3, 5], [2, 3, 7], [1, 1], [33]].flatMap((shape) =>
          [false, true].flatMap((exclusive) =>
            [false, true].map((reverse) => ({
              inputs: () => ({ x: kernel === "Cumsum" ? make(shape) : tf.minimum(make(shape), 1) }),
              attributes: { axis: shape.length - 1, exclusive, reverse },
            })),
          ),
        ),
      ),
    ),
  ),
  ...stockLaw(
    "Reverse",
    "bits",
    ofTypes((make) =>
      SHAPES.flatMap((shape) =>
        shape.map((_, axis) => ({ inputs: () => ({ x: make(shape) }), attributes: { dims: [axis] } })),
      ),
    ),
  ),
  ...stockLaw(
    "StridedSlice",
    "bits",
    ofTypes((make) =>
      SHAPES.map((shape) => ({
        inputs: () => ({ x: make(shape) }),
        attributes: {
          ...{ begin: shape.map(() => 0), end: [...shape], strides: shape.map(() => 2) },
          ...{ beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 },
        },
      })),
    ),
  ),
  ...stockLaw(
    "TopK",
    "bits",
    ofTypes(
      (make) =>
        [[1], [5], [0, 3], [3, 7], [2, 3, 33]].flatMap((shape) =>
          [1, shape.at(-1) ?? 1].map((k) => ({ inputs: () => ({ x: make(shape) }), attributes: { k, sorted: true } })),
        ),
      ["float32", "int32"],
    ),
  ),
  ...stockLaw(
    "OneHot",
    "bits",
    ofTypes((_, dtype) =>
      [[0], [1], [7], [3, 5], [65]].flatMap((shape) =>
        [2, 5, 50].map((depth) => ({
          inputs: () => ({ indices: ids(shape, 7) }),
          attributes: { depth, onValue: 1, offValue: 0, dtype },
        })),
      ),
    ),
  ),
  ...stockLaw(
    "DenseBincount",
    "bits",
    ofTypes((make) =>
      [[0], [1], [7], [33], [3, 5]].flatMap((shape) =>
        // TensorFlow.js's cpu kernel ignores binaryOutput for one axis.
        [false, ...(shape.length > 1 ? [true] : [])].map((binaryOutput) => ({
          inputs: () => ({ x: ids(shape, 7), weights: make(shape) }),
          attributes: { size: shape[0] === 1 ? 1 : 5, binaryOutput },
        })),
      ),
    ),
  ),
  ...stockLaw(
    "SearchSorted",
    "bits",
    ofTypes(
      (make, dtype) =>
        [
          [
            [1, 1],
            [1, 1],
          ],
          [
            [2, 5],
            [2, 3],
          ],
          [
            [3, 33],
            [3, 7],
          ],
          [
            [2, 5],
            [2, 0],
          ],
        ].flatMap(([sorted = [], values = []]) =>
          ["left", "right"].map((side) => ({
            inputs: () => ({
              sortedSequence: tf
                .range(0, sizeOf(sorted), 1, "float32")
                .reshape([...sorted])
                .sub(3)
                .cast(dtype),
              values: make(values),
            }),
            attributes: { side },
          })),
        ),
      ["float32", "int32"],
    ),
  ),
  ...stockLaw(
    "Reshape",
    "bits",
    ofTypes((make) => [
      ...[[0], [1], [6], [3, 5], [2, 3, 7]].map((shape) => ({
        inputs: () => ({ x: make(shape) }),
        attributes: { shape: [sizeOf(shape)] },
      })),
      { inputs: () => ({ x: make([3, 10]) }), attributes: { shape: [5, 6] } },
      { inputs: () => ({ x: make([3, 7]) }), attributes: { shape: [3, 7] } },
      { inputs: () => ({ x: make([1]) }), attributes: { shape: [] } },
    ]),
  ),
  ...stockLaw(
    "AddN",
    "bits",
    ofTypes(
      (make) =>
        [[0], [1], [5], [3, 11], [2, 3, 7]].flatMap((shape) =>
          [1, 2, 3, 12].map((count) => ({
            // The operation passes its kernel a list.
            inputs: () => Array.from({ length: count }, () => make(shape)) as unknown as tf.NamedTensorMap,
          })),
        ),
      ["float32", "int32"],
    ),
  ),
  ...stockLaw(
    "Softmax",
    { ofEach: 1e-6 },
    [[1], [5], [0, 3], [1, 1], [3, 5], [33, 3], [2, 3, 65], [7, 127]].map((shape) => ({
      title: "of rows",
      inputs: () => ({ logits: floats(shape, 1, 9) }),
      attributes: { dim: shape.length - 1 },
    })),
  ),
]
