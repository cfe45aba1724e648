/**
 * Convolutions and their gradients on every backend: against float64, and against themselves.
 */
import fc from "fast-check"
import { useBackend, tf, type BackendName } from "bijou/tensor"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"
import { record } from "../../src/tensor/ops/recording.ts"
import { countingBlas, whySkipped as whyNoBlas } from "../support/blas.ts"
import { convolved, distance, filterGradient, inputGradient, outputsOf, type Sizes } from "./convolution64.ts"
import { alive, bitsOf, noise } from "../support/specimens.ts"
import { startTensorflow, tensorflowIsHere, whySkipped as whyNoTensorflow } from "../support/tensorflow.ts"
import { webgpuDevice, whySkipped as whyNoWebgpu } from "../support/webgpu.ts"

// ---------------------------------------------------------------- model

type Pad = "same" | "valid" | number | readonly [[0, 0], [number, number], [number, number], [0, 0]]

interface Case {
  readonly sizes: Sizes
  readonly pad: Pad
}

/** The allowed error of a sum of float32 products, in units of the sum of |terms|. */
const DISTANCE = 1e-6

// --------------------------------------------------------- constructors

const pads = fc.oneof(
  fc.constantFrom<Pad>("same", "valid"),
  fc.integer({ min: 0, max: 2 }),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([a, b, c, d]): Pad => [
    [0, 0],
    [a, b],
    [c, d],
    [0, 0],
  ]),
)

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))

/** The zeros before the input and the places of the output, along one axis, by tfjs's documentation. */
const along = (pad: Pad, axis: 0 | 1, size: number, taps: number, stride: number, dilation: number) => {
  const wide = (taps - 1) * dilation + 1
  if (pad === "same") {
    const out = Math.ceil(size / stride)
    return { before: Math.floor(Math.max(0, (out - 1) * stride + wide - size) / 2), out }
  }
  const [before, after] = pad === "valid" ? [0, 0] : typeof pad === "number" ? [pad, pad] : pad[axis === 0 ? 1 : 2]
  return { before, out: Math.floor((size + before + after - wide) / stride) + 1 }
}

const caseOf = (given: Omit<Sizes, "before" | "out">, pad: Pad): Case => {
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    along(pad, axis, given.input[axis], given.taps[axis], given.strides[axis], given.dilations[axis]),
  ) as [ReturnType<typeof along>, ReturnType<typeof along>] // two axes
  return { sizes: { ...given, before: [rows.before, columns.before], out: [rows.out, columns.out] }, pad }
}

/**
 * With a number as padding, TensorFlow.js computes the width of the output from the taps and the stride of the height.
 */
const isSquare = ({ sizes: { taps, strides, dilations } }: Case): boolean =>
  taps[0] === taps[1] && strides[0] === strides[1] && dilations[0] * dilations[1] === 1

const sized = (
  depthwise: boolean,
  [batch, height, width, channels]: readonly [number, number, number, number],
  [rows, columns, outputs]: readonly [number, number, number],
  strides: readonly [number, number],
): Case => {
  const sizes = { batch, input: [height, width], channels, outputs, taps: [rows, columns] } as const
  return caseOf({ depthwise, ...sizes, strides, dilations: [1, 1] }, "same")
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    depthwise: fc.boolean(),
    batch: fc.integer({ min: 0, max: 3 }),
    input: pair(1, 9),
    channels: fc.constantFrom(1, 2, 3, 4, 5, 9, 17),
    outputs: fc.constantFrom(1, 1, 2, 3, 4, 8),
    taps: pair(1, 4),
    steps: fc.oneof(
      fc.record({ strides: pair(1, 3), dilations: fc.constant<[number, number]>([1, 1]) }),
      fc.record({ strides: fc.constant<[number, number]>([1, 1]), dilations: pair(1, 3) }),
    ),
    pad: pads,
  })
  .map(({ steps, pad, ...given }) => caseOf({ ...given, ...steps }, pad))
  .filter((one) => one.sizes.out.every((places) => places > 0) && (typeof one.pad !== "number" || isSquare(one)))

/** Sizes that take several chunks of patches, and several groups of images. */
const large: ReadonlyArray<Case> = [
  sized(false, [6, 36, 37, 32], [2, 5, 1], [1, 2]),
  sized(false, [1, 70, 71, 24], [2, 5, 1], [1, 1]),
  sized(false, [4, 6, 5, 12], [1, 1, 20], [1, 1]),
  sized(true, [7, 21, 20, 20], [3, 3, 1], [1, 1]),
  sized(true, [7, 21, 20, 12], [3, 2, 2], [2, 2]),
  sized(true, [2, 9, 8, 12], [5, 5, 1], [1, 1]),
]

// ----------------------------------------------------------- combinators

/** tfjs's convolution of such sizes. */
const apply = ({ sizes, pad }: Case, x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
  (sizes.depthwise ? tf.depthwiseConv2d : tf.conv2d)(
    x as tf.Tensor4D, // four axes each
    filter as tf.Tensor4D,
    [...sizes.strides],
    pad as number,
    "NHWC",
    [...sizes.dilations],
  )

/** TensorFlow.js has no gradient of these, and says so. */
const isDilated = ({ sizes }: Case): boolean => sizes.dilations.some((dilation) => dilation > 1)

/** Value, both gradients and their inputs. */
const sweep = async (one: Case) => {
  const { batch, input, channels, outputs, taps, out } = one.sizes
  const x = noise([batch, ...input, channels], 1)
  const filter = noise([...taps, channels, outputs], 2)
  const dy = noise([batch, ...out, outputsOf(one.sizes)], 3)
  const recording = record(() => apply(one, x, filter), [x, filter])
  if (isDilated(one)) expect(() => recording.pull(dy.clone())).toThrow(/dilation rates greater than 1/)
  const tensors = [x, filter, dy, recording.value, ...(isDilated(one) ? [] : recording.pull(dy))]
  const numbers = await Promise.all(tensors.map((t) => t.data()))
  const bits = await Promise.all(tensors.slice(3).map((t) => bitsOf(t)))
  const shapes = tensors.map(({ shape }) => shape)
  tf.dispose(tensors)
  return { numbers, shapes, bits }
}

const check = async (one: Case): Promise<void> => {
  const { numbers, shapes, bits } = await sweep(one)
  const [x = [], filter = [], dy = [], value = [], dx = [], dw = []] = numbers as ReadonlyArray<Float32Array>
  expect(shapes[3]).toEqual(shapes[2])
  expect(distance(value, convolved(one.sizes, x, filter))).toBeLessThan(DISTANCE)
  if (isDilated(one)) return
  expect(shapes.slice(4)).toEqual(shapes.slice(0, 2))
  expect(distance(dx, inputGradient(one.sizes, dy, filter))).toBeLessThan(DISTANCE)
  expect(distance(dw, filterGradient(one.sizes, x, dy))).toBeLessThan(DISTANCE)
  // Sums of float64 in the order of the stock kernel, which is that of the definition.
  if (tf.getBackend() === "cpu") expect(dw).toEqual(Float32Array.from(filterGradient(one.sizes, x, dy).values))
  expect((await sweep(one)).bits).toEqual(bits)
}

// ------------------------------------------------------------------ tests

const blas = await countingBlas(1)
const device = await webgpuDevice()

const places: ReadonlyArray<{
  readonly title: string
  readonly backend: BackendName
  readonly missing: string | null
  readonly start: () => Promise<unknown>
  /** What the backend refuses, or has no custom kernel for. */
  readonly refuses?: (one: Case) => boolean
}> = [
  { title: "cpu", backend: "cpu", missing: null, start: () => useBackend("cpu") },
  { title: "wasm", backend: "wasm", missing: null, start: () => plain() },
  { title: "wasm with a BLAS", backend: "wasm", missing: blas === null ? whyNoBlas : null, start: () => plugged() },
  {
    title: "tensorflow",
    backend: "tensorflow",
    missing: tensorflowIsHere ? null : whyNoTensorflow,
    start: () => startTensorflow("library"),
    refuses: (one) =>
      typeof one.pad !== "string" ||
      (one.sizes.depthwise &&
        (one.sizes.strides[0] !== one.sizes.strides[1] || one.sizes.batch === 0 || isDilated(one))),
  },
  {
    title: "webgpu",
    backend: "webgpu",
    missing: device === null ? whyNoWebgpu : null,
    start: () => useBackend("webgpu"),
    refuses: ({ sizes: { batch } }) => batch === 0,
  },
]

const plain = () => {
  setSgemm(null)
  return useBackend("wasm")
}

const plugged = async () => {
  await countingBlas(1)
  await useBackend("wasm")
}

for (const { title, backend, missing, start, refuses = () => false } of places)
  describe.skipIf(missing !== null)(`A convolution on ${title}${missing === null ? "" : ` (${missing})`}`, () => {
    beforeAll(start)
    afterAll(() => setSgemm(null))

    it("and both its gradients are near float64, and the same bits twice, for all strides, paddings and sizes", async () => {
      await fc.assert(
        fc.asyncProperty(
          cases.filter((one) => !refuses(one)),
          check,
        ),
        { seed: 1, numRuns: backend === "webgpu" ? 50 : 150 }, // there most cases have programs to compile
      )
    })

    it.skipIf(backend === "tensorflow" || backend === "webgpu")(
      "is so where its patches take several chunks",
      async () => {
        for (const one of large) await check(one)
      },
    )

    it("leaks no tensor", async () => {
      for (const one of large.slice(2)) {
        await sweep(one)
        const before = alive()
        await sweep(one)
        expect(alive()).toEqual(before)
      }
    })
  })
