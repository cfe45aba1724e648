/**
 * Every operation of wasm has the values of cpu for each type of element, and writes only into its output.
 */
import { describe, expect, it } from "vitest"
import { useBackend } from "../../src/tensor/backend.ts"
import { asWasm } from "../../src/tensor/kernels/wasm/WasmBackend.ts"
import { tf } from "../../src/tensor/tf.ts"

type Type = "bool" | "int32" | "float32"

const TYPES: readonly Type[] = ["bool", "int32", "float32"]

const made = (dtype: Type, ...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
      dtype === "bool" ? (i * 7) % 3 : ((i * 5) % 7) - 3,
    ),
    shape,
    dtype,
  )

const ids = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, "int32")

const pairs = (...values: [number, number][]): tf.Tensor2D => tf.tensor2d(values, [values.length, 2], "int32")

/** Operations that move elements, or inspect them. */
const moving: Readonly<Record<string, (x: (...shape: number[]) => tf.Tensor, dtype: Type) => tf.Tensor | tf.Tensor[]>> =
  {
    oneHot: (_, dtype) => tf.oneHot(ids(1, 0, 4, 9, -1, 3, 2), 50, 1, 0, dtype),
    fill: (_, dtype) => tf.fill([3, 5], 1, dtype),
    onesLike: (x) => tf.onesLike(x(3, 5)),
    zerosLike: (x) => tf.zerosLike(x(3, 5)),
    tile: (x) => tf.tile(x(3, 5), [2, 3]),
    broadcastTo: (x) => tf.broadcastTo(x(1, 5), [3, 5]),
    concat: (x) => tf.concat([x(3, 5), x(3, 2)], 1),
    "concat of rows": (x) => tf.concat([x(3, 5), x(1, 5)], 0),
    stack: (x) => tf.stack([x(3, 5), x(3, 5)], 1),
    unstack: (x) => tf.unstack(x(3, 5), 1),
    split: (x) => tf.split(x(3, 6), [1, 2, 3], 1),
    gather: (x) => tf.gather(x(3, 5), ids(2, 0, 1), 1),
    "gather of rows": (x) => tf.gather(x(3, 5), ids(2, 0, 1), 0),
    gatherND: (x) => tf.gatherND(x(3, 5), pairs([0, 1], [2, 4])),
    scatterND: (x) => tf.scatterND(tf.tensor2d([[0], [4], [3]], [3, 1], "int32"), x(3, 2), [7, 2]),
    tensorScatterUpdate: (x) => tf.tensorScatterUpdate(x(7), tf.tensor2d([[1], [3]], [2, 1], "int32"), x(2)),
    sparseToDense: (x) => tf.sparseToDense(ids(0, 2, 5), x(3), [7], x().asScalar()),
    searchSorted: (x) => tf.searchSorted(tf.zerosLike(x(2, 3)), x(2, 2)),
    reverse: (x) => tf.reverse(x(3, 5), 1),
    "reverse of a vector": (x) => tf.reverse(x(15)),
    slice: (x) => tf.slice(x(3, 5), [1, 1], [2, 3]),
    "slice of four axes": (x) => tf.slice(x(3, 5, 2, 2), [1, 1, 0, 1], [2, 3, 1, 1]),
    stridedSlice: (x) => tf.stridedSlice(x(3, 5), [0, 0], [3, 5], [2, 2]),
    transpose: (x) => tf.transpose(x(3, 5, 2), [2, 0, 1]),
    where: (x) => tf.where(made("bool", 3, 5), x(3, 5), tf.zerosLike(x(3, 5))),
    pad: (x) => tf.pad(x(3, 5), [[1, 1], [0, 2]], 1), // prettier-ignore
    mirrorPad: (x) => tf.mirrorPad(x(3, 5), [[1, 1], [0, 2]], "reflect"), // prettier-ignore
    spaceToBatchND: (x) => tf.spaceToBatchND(x(1, 4, 4, 1), [2, 2], [[0, 0], [0, 0]]), // prettier-ignore
    batchToSpaceND: (x) => tf.batchToSpaceND(x(4, 2, 2, 1), [2, 2], [[0, 0], [0, 0]]), // prettier-ignore
    flipLeftRight: (x) => tf.image.flipLeftRight(x(1, 2, 3, 2) as tf.Tensor4D), // likewise
    resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(x(1, 2, 2, 1) as tf.Tensor4D, [5, 5]), // likewise
    diag: (x) => tf.diag(x(5)),
    topk: (x) => Object.values(tf.topk(x(3, 5), 2)),
    unique: (x) => Object.values(tf.unique(x(7))),
    denseBincount: (x) => tf.denseBincount(ids(1, 2, 2, 0), x(4) as tf.Tensor1D, 4), // it has one axis
    cumsum: (x) => tf.cumsum(x(3, 5), 1),
    cumprod: (x) => tf.cumprod(x(3, 5), 1),
    clipByValue: (x) => tf.clipByValue(x(3, 5), 0, 1),
    isNaN: (x) => tf.isNaN(x(3, 5)),
    isFinite: (x) => tf.isFinite(x(3, 5)),
    isInf: (x) => tf.isInf(x(3, 5)),
    argMax: (x) => tf.argMax(x(3, 5), 1),
    max: (x) => tf.max(x(3, 5), 1),
    min: (x) => tf.min(x(3, 5), 1),
    sum: (x) => tf.sum(x(3, 5), 1),
    all: (x) => tf.all(x(3, 5).toBool(), 1),
    any: (x) => tf.any(x(3, 5).toBool(), 1),
    maximum: (x) => tf.maximum(x(3, 5), x(5)),
    minimum: (x) => tf.minimum(x(3, 5), x(5)),
    equal: (x) => tf.equal(x(3, 5), x(5)),
    less: (x) => tf.less(x(3, 5), x(5)),
    logicalAnd: () => tf.logicalAnd(made("bool", 3, 5), made("bool", 5)),
    logicalNot: () => tf.logicalNot(made("bool", 3, 5)),
    "cast to bool": (x) => tf.cast(x(3, 5), "bool"),
    "cast to int32": (x) => tf.cast(x(3, 5), "int32"),
    "cast to float32": (x) => tf.cast(x(3, 5), "float32"),
  }

/** Operations that compute with one element each. */
const UNARY = [
  ...(["abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "elu", "erf", "exp"] as const),
  ...(["floor", "log", "log1p", "neg", "reciprocal", "relu", "relu6", "round", "rsqrt", "selu"] as const),
  ...(["sigmoid", "sign", "sin", "sinh", "softplus", "sqrt", "square", "step", "tan", "tanh"] as const),
]

const cases = TYPES.flatMap((dtype) => {
  const x = (...shape: number[]) => made(dtype, ...shape)
  return [
    ...Object.entries(moving).map(([name, of]) => [`${name} of ${dtype}`, () => [of(x, dtype)].flat()] as const),
    ...UNARY.map((name) => [`${name} of ${dtype}`, () => [x(3, 5)[name]()]] as const),
  ]
})

/** The guard bytes after each block of the heap of wasm. */
const FENCE = 4096

/**
 * Runs operations with guard bytes after every block, and names the outputs and their inputs that were written beyond.
 */
const fenced = async (body: (broken: () => number) => Promise<void>) => {
  const backend = asWasm(tf.backend())
  const { wasm } = backend
  const { _malloc: own } = wasm
  const sizes = new Map<number, number>()
  const malloc = (bytes: number): number => {
    const place = own(bytes + FENCE)
    wasm.HEAPU8.fill(0xa5, place + bytes, place + bytes + FENCE)
    sizes.set(place, bytes)
    return place
  }
  const { registerTensor } = wasm.tfjs
  const alive = new Map<number, number>()
  Object.assign(wasm.tfjs, {
    registerTensor: (id: number, size: number, place: number) => {
      alive.set(id, place)
      registerTensor(id, size, place)
    },
  })
  Object.assign(wasm, { _malloc: malloc })
  const { disposeData } = wasm.tfjs
  Object.assign(wasm.tfjs, {
    disposeData: (id: number) => {
      alive.delete(id)
      disposeData(id)
    },
  })
  try {
    await body(
      () =>
        [...alive.values()].filter((place) => {
          const end = place + (sizes.get(place) ?? 0)
          return sizes.has(place) && wasm.HEAPU8.subarray(end, end + FENCE).some((byte) => byte !== 0xa5)
        }).length,
    )
  } finally {
    Object.assign(wasm, { _malloc: own })
    Object.assign(wasm.tfjs, { registerTensor, disposeData })
  }
}

const answers = async (of: () => tf.Tensor[], broken: () => number) => {
  tf.engine().startScope()
  try {
    const results = of()
    const read = await Promise.all(results.map(async (y) => [y.dtype, y.shape, [...(await y.data())]] as const))
    return { read, broken: broken() }
  } catch (error) {
    return { read: [], broken: broken(), refusal: String(error) }
  } finally {
    tf.engine().endScope()
  }
}

const isNear = (a: number, b: number) => Object.is(a + 0, b + 0) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b))

describe("elements of every type on wasm", () => {
  it(`have the values of cpu, and no neighbor on the heap is touched`, async () => {
    await useBackend("wasm")
    const found: Awaited<ReturnType<typeof answers>>[] = []
    await fenced(async (broken) => {
      for (const [, of] of cases) found.push(await answers(of, broken))
    })
    await useBackend("cpu")
    const wrong: string[] = []
    for (const [i, [name, of]] of cases.entries()) {
      const right = await answers(of, () => 0)
      const got = found[i]
      const isRight = right.read.every(([dtype, shape, values], j) => {
        const [type, form, numbers = []] = got?.read[j] ?? []
        return (
          type === dtype &&
          String(form) === String(shape) &&
          numbers.length === values.length &&
          values.every((value, k) => isNear(numbers[k] ?? NaN, value))
        )
      })
      if (got?.broken !== 0) wrong.push(`${name}: written beyond`)
      else if (!isRight) wrong.push(`${name}: ${JSON.stringify(got.read)}, not ${JSON.stringify(right.read)}`)
    }
    expect(wrong).toEqual([])
  })
})
