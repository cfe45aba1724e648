/** Cases of the kernels that are exact: the bits of plain operations for all inputs on the grid. */
import { sizeOf } from "../../src/exact/frame.ts"
import { adamW } from "../../src/tensor/kernels/spec/adamW.ts"
import { addBias } from "../../src/tensor/kernels/spec/addBias.ts"
import { addTo } from "../../src/tensor/kernels/spec/addTo.ts"
import { cotangent } from "../../src/tensor/kernels/spec/cotangent.ts"
import { differ } from "../../src/tensor/kernels/spec/differ.ts"
import { drift } from "../../src/tensor/kernels/spec/drift.ts"
import { dropout } from "../../src/tensor/kernels/spec/dropout.ts"
import { inverse } from "../../src/tensor/kernels/spec/inverse.ts"
import { largest } from "../../src/tensor/kernels/spec/largest.ts"
import { pack } from "../../src/tensor/kernels/spec/pack.ts"
import { quantize } from "../../src/tensor/kernels/spec/quantize.ts"
import { shift } from "../../src/tensor/kernels/spec/shift.ts"
import { times } from "../../src/tensor/kernels/spec/times.ts"
import { unpack } from "../../src/tensor/kernels/spec/unpack.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { tf } from "../../src/tensor/tf.ts"
import { law, type Case } from "./Case.ts"
import { floats, given, grid, gridIntegers, paritiesOf, plane, type Shape } from "./hosts.ts"

/** Activations `[batch, ...]` of every rank: no element, one element, and remainders for every number of lanes. */
const SHAPES: readonly Shape[] = [
  ...[[0], [1], [3], [0, 5], [3, 0], [1, 1], [1, 5], [2, 7], [3, 31], [3, 33]],
  ...[
    [2, 5, 13],
    [1, 127],
    [2, 65],
    [3, 32],
    [2, 3, 5, 7],
    [1, 1, 1, 1],
  ],
]

const FRACTION_BITS = [0, 9, 20]

/** The limit of the grid within which a step of BDIA and its inverse stay exact. */
const HALF = 2 ** 22

const each = <A>(make: (shape: Shape, l: number) => A): readonly A[] =>
  SHAPES.flatMap((shape) => FRACTION_BITS.map((l) => make(shape, l)))

const samplesOf = ([samples = 1]: Shape): number => samples

/** gamma = 1/2 or -1/2, alternating. */
const gammas = (shape: Shape): readonly number[] =>
  Array.from({ length: samplesOf(shape) }, (_, i) => (i % 3 === 0 ? 0.5 : -0.5))

const step = (shape: Shape, l: number) => ({
  gamma: gammas(shape),
  own: gammas(shape).map((g) => (1 - g) * 2 ** l),
  change: gammas(shape).map((g) => (1 + g) * 2 ** l),
  scale: 2 ** l,
  step: 2 ** -l,
})

/** What a residual may return: floats off the grid, halves that round to even, and zeros of both signs. */
const residual = (shape: Shape, l: number): tf.Tensor =>
  tf.tidy(() => {
    const size = sizeOf(shape)
    const edges = [0.5, -0.5, 1.5, 2.5, -2.5, 0, -0, 0.25].map((k) => k * 2 ** -l)
    const values = floats([size], 7, 4).dataSync()
    return given(
      shape,
      Array.from(values, (x, i) => (i % 5 === 4 ? (edges[(i / 5) & 7] ?? 0) : x)),
    )
  })

/** The same with NaN, if nothing needs to be on the grid. */
const anything = (shape: Shape, seed: number): tf.Tensor => {
  // No subnormal numbers: TensorFlow and WebGPU flush them to 0.
  const edges = [NaN, Infinity, -Infinity, -0, 1e-37, 3e38]
  return given(
    shape,
    Array.from(floats([sizeOf(shape)], seed, 9).dataSync(), (x, i) =>
      i % 11 === 10 ? (edges[((i - 10) / 11) % 6] ?? 0) : x,
    ),
  )
}

export const exactCases: readonly Case[] = [
  ...law(
    quantize,
    "bits",
    each((shape, l) => ({
      title: "rounds to the grid",
      inputs: () => ({ x: residual(shape, l) }),
      attributes: { scale: 2 ** l, step: 2 ** -l },
    })),
  ),
  ...law(
    times,
    "bits",
    SHAPES.map((shape) => ({
      title: "multiplies samples",
      inputs: () => ({ x: anything(shape, 1) }),
      attributes: { factor: gammas(shape) },
    })),
  ),
  ...law(
    drift,
    "bits",
    each((shape, l) => ({
      title: "rounds a sum",
      inputs: () => ({ x: grid(shape, l, 1, HALF), h: residual(shape, l) }),
      attributes: step(shape, l),
    })),
  ),
  ...law(
    update,
    "bits",
    each((shape, l) => ({
      title: "steps",
      inputs: () => ({ previous: grid(shape, l, 1, HALF), x: grid(shape, l, 2, HALF), h: residual(shape, l) }),
      attributes: step(shape, l),
    })),
    { planes: [1] },
  ),
  ...law(
    inverse,
    "bits",
    each((shape, l) => ({
      title: "steps back",
      inputs: () => ({
        x: grid(shape, l, 2, HALF),
        next: grid(shape, l, 3, HALF),
        h: residual(shape, l),
        words: plane(paritiesOf(gridIntegers(sizeOf(shape), 4))),
      }),
      attributes: step(shape, l),
    })),
  ),
  ...law(
    cotangent,
    "bits",
    SHAPES.map((shape) => ({
      title: "pulls back",
      inputs: () => ({ dx: anything(shape, 1), dn: floats(shape, 2, 3), jx: floats(shape, 3, 1e-3) }),
      attributes: { gamma: gammas(shape) },
    })),
  ),
  ...law(
    pack,
    "bits",
    each((shape, l) => ({
      title: "packs parities",
      inputs: () => ({ x: grid(shape, l, 1) }),
      attributes: { fractionBits: l },
    })),
    { planes: [0] },
  ),
  ...law(
    unpack,
    "bits",
    each((shape, l) => ({
      title: `unpacks parities`,
      inputs: () => ({ words: plane(paritiesOf(gridIntegers(sizeOf(shape), 5))) }),
      attributes: { shape, fractionBits: l },
    })),
  ),
  ...law(
    shift,
    "bits",
    each((shape, l) => ({
      title: "shifts by parities",
      inputs: () => ({ x: grid(shape, l, 1, 2 ** 23), words: plane(paritiesOf(gridIntegers(sizeOf(shape), 5))) }),
      attributes: { by: l === 9 ? -(2 ** -l) : 2 ** -l },
    })),
  ),
  ...law(
    differ,
    "bits",
    SHAPES.map((shape) => ({
      title: "sees no difference",
      inputs: () => ({ x: anything(shape, 1), y: anything(shape, 1) }),
      attributes: {},
    })),
  ),
  ...law(
    differ,
    "bits",
    SHAPES.flatMap((shape) =>
      [0, sizeOf(shape) - 1].map((at) => ({
        title: "sees one element that differs",
        inputs: () => {
          const x = floats(shape, 1)
          const y = Array.from(x.dataSync(), (value, i) => (i === at ? value + 1 : value))
          return { x, y: given(shape, y) }
        },
        attributes: {},
      })),
    ),
    // A kernel may count them.
    { results: ([count]) => (count === undefined ? [] : [tf.minimum(count, 1)]) },
  ),
  ...law(
    largest,
    "bits",
    SHAPES.flatMap((shape) =>
      [floats, anything].map((make) => ({
        title: `finds the largest`,
        inputs: () => ({ x: make(shape, 3, 5) }),
        attributes: {},
      })),
    ),
  ),
  ...law(
    dropout,
    "bits",
    SHAPES.flatMap((shape) =>
      [0, 0.1, 0.5, 1 - 2 ** -20].map((rate) => ({
        title: `drops ${rate}`,
        inputs: () => ({ x: floats(shape, 1) }),
        attributes: {
          ...{ low: 0x9e3779b9, high: 0xffffffff, rate },
          samples: Array.from({ length: samplesOf(shape) }, (_, i) => [0, 2 ** 31, 2 ** 53 - 1][i % 3] ?? 0),
        },
      })),
    ),
  ),
  ...law(
    adamW,
    "bits",
    [[], ...SHAPES].flatMap((shape) =>
      [1, 0.999].map((keep) => ({
        title: keep === 1 ? "without decay" : "with decay",
        inputs: () => ({
          ...{ p: floats(shape, 1), m: floats(shape, 2, 1e-2), grad: floats(shape, 4, 3), shrink: tf.scalar(0.7) },
          v: tf.square(floats(shape, 3, 1e-2)),
        }),
        attributes: {
          ...{ beta1: 0.9, rest1: 1 - 0.9, beta2: 0.95, rest2: 1 - 0.95, keep },
          ...{ rate: 1e-3 / (1 - 0.9 ** 3), correction: 1 / (1 - 0.95 ** 3), epsilon: 1e-8 },
        },
      })),
    ),
  ),
  ...law(
    addTo,
    "bits",
    [[], ...SHAPES].map((shape) => ({
      title: "adds up",
      inputs: () => ({ sum: floats(shape, 1), x: anything(shape, 2) }),
      attributes: {},
    })),
  ),
  ...law(
    addBias,
    "bits",
    SHAPES.map((shape) => ({
      title: `adds to rows`,
      inputs: () => ({ x: anything(shape, 1), bias: floats(shape.slice(-1), 2) }),
      attributes: {},
    })),
  ),
]
