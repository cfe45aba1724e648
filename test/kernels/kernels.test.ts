/**
 * Custom kernels against float64, against the stock cpu kernels, and for the same bits in a second run.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { useBackend } from "../../src/tensor/backend.ts"
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import { registerKernels } from "../../src/tensor/kernels/kernels.ts"
import { differ } from "../../src/tensor/kernels/spec/differ.ts"
import { pack } from "../../src/tensor/kernels/spec/pack.ts"
import { unpack } from "../../src/tensor/kernels/spec/unpack.ts"
import { tf } from "../../src/tensor/tf.ts"

const BACKENDS = ["cpu", "wasm"] as const

beforeAll(async () => {
  for (const backend of [...BACKENDS, ...BACKENDS]) registerKernels(backend)
  for (const backend of BACKENDS) await tf.setBackend(backend)
})

/** Returns what `f` reads on a backend, and checks that it leaks nothing. */
const on = async <A>(backend: string, f: () => A): Promise<A> => {
  await tf.setBackend(backend)
  const before = [tf.engine().backend.numDataIds(), tf.memory().numTensors]
  const cpu = (tf.findBackend("cpu") as { numDataIds(): number }).numDataIds()
  // tidy would walk through the function's result.
  const kept: A[] = []
  tf.tidy(() => void kept.push(f()))
  expect([tf.engine().backend.numDataIds(), tf.memory().numTensors]).toEqual(before)
  expect((tf.findBackend("cpu") as { numDataIds(): number }).numDataIds()).toBe(cpu)
  return kept[0] as A // f has run
}

const bits = (x: tf.Tensor): number[] => {
  const values = x.dataSync()
  return [...new Uint32Array(values.buffer, values.byteOffset, values.byteLength >> 2)]
}

/** The same numbers for the same seed, in [-1, 1). */
const noise = (size: number, seed: number): Float32Array => {
  let state = seed >>> 0 || 1
  return Float32Array.from({ length: size }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 2 ** 31
  })
}

const tensor = (shape: readonly number[], seed: number): tf.Tensor =>
  tf.tensor(noise(sizeOf(shape), seed), [...shape], "float32")

const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

describe("BatchMatMul on wasm", () => {
  const cases: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
    [[1, 1], []],
    [[7, 5, 3], []],
    [[65, 32, 65], []],
    [[17, 127, 65], []],
    [[1, 9, 1], []],
    [[9, 1, 9], []],
    [[33, 127, 17], []],
    [[65, 32, 65], [6]],
    [
      [3, 5, 2],
      [2, 3],
    ],
    [[1, 7, 1], [5]],
  ].map(([sizes, batch]) => [sizes!, batch!])
  /** [batch of a, batch of b] for one size. */
  const broadcasts = [
    [[4], [1]],
    [[1], [4]],
    [[2, 3], [3]],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [3, 2],
      [1, 1],
    ],
  ] as const

  const distance = async (
    sizes: readonly number[],
    batchA: readonly number[],
    batchB: readonly number[],
    tA: boolean,
    tB: boolean,
  ): Promise<number> => {
    const [m, k, n] = sizes.length === 2 ? [sizes[0]!, sizes[1]!, 1] : [sizes[0]!, sizes[1]!, sizes[2]!]
    const shapeA = [...batchA, ...(tA ? [k, m] : [m, k])]
    const shapeB = [...batchB, ...(tB ? [n, k] : [k, n])]
    const [first, second, shape] = await on("wasm", () => {
      const a = tensor(shapeA, 11)
      const b = tensor(shapeB, 23)
      const once = tf.matMul(a, b, tA, tB)
      const inGradient: number[][] = []
      const watched = (x: tf.Tensor) => {
        const z = tf.matMul(x, b, tA, tB)
        inGradient.push(bits(z))
        return z
      }
      // The gradient of a broadcasting product is not part of this kernel, and tfjs has none.
      const ownGradient = tf.customGrad((x) => ({ value: watched(x as tf.Tensor), gradFunc: () => tf.zerosLike(a) }))
      tf.grad((x) => (batchA.join() === batchB.join() ? watched(x) : ownGradient(x)).sum())(a)
      expect(inGradient).toEqual([bits(once)])
      expect(bits(tf.matMul(a, b, tA, tB))).toEqual(bits(once))
      return [once.dataSync(), [a.dataSync(), b.dataSync()], once.shape] as const
    })
    const [a, b] = second
    const batch = shape.slice(0, -2)
    let worst = 0
    const place = (full: readonly number[], own: readonly number[], s: number): number => {
      let at = 0
      let stride = 1
      for (let axis = full.length - 1, rest = s; axis >= 0; axis--) {
        const digit = rest % full[axis]!
        rest = Math.floor(rest / full[axis]!)
        const size = own[axis - (full.length - own.length)] ?? 1
        if (size !== 1) at += digit * stride
        stride *= size
      }
      return at
    }
    for (let s = 0; s < sizeOf(batch); s++) {
      const oa = place(batch, batchA, s) * m * k
      const ob = place(batch, batchB, s) * k * n
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0
          let size = 0
          for (let l = 0; l < k; l++) {
            const term = a[oa + (tA ? l * m + i : i * k + l)]! * b[ob + (tB ? j * k + l : l * n + j)]!
            sum += term
            size += Math.abs(term)
          }
          worst = Math.max(worst, Math.abs(first[(s * m + i) * n + j]! - sum) / size)
        }
    }
    return worst
  }

  for (const [tA, tB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    it(`is within 1e-6 of float64, relative to the sum of |terms|, for transposeA ${tA} and transposeB ${tB}`, async () => {
      for (const [sizes, batch] of cases) expect(await distance(sizes, batch, batch, tA, tB)).toBeLessThan(1e-6)
      for (const [batchA, batchB] of broadcasts)
        expect(await distance([5, 7, 3], batchA, batchB, tA, tB)).toBeLessThan(1e-6)
    })
  }

  it("gives a row the same bits next to any other rows, and a product the same bits in every form of the call", async () => {
    for (const [m, k, n] of [
      [9, 5, 3],
      [40, 33, 17],
      [65, 200, 31],
      [17, 127, 65],
      [5, 64, 1],
    ] as const)
      await on("wasm", () => {
        const a = tensor([m, k], 3)
        const b = tensor([k, n], 4)
        const whole = bits(tf.matMul(a, b))
        const rows = Array.from({ length: m }, (_, i) => bits(tf.matMul(a.slice([i, 0], [1, k]), b))).flat()
        expect(rows).toEqual(whole)
        for (const [tA, tB] of [
          [true, false],
          [false, true],
          [true, true],
        ] as const)
          expect(bits(tf.matMul(tA ? a.transpose() : a, tB ? b.transpose() : b, tA, tB))).toEqual(whole)
        expect(bits(tf.matMul(a.reshape([1, m, k]).tile([3, 1, 1]), b.reshape([1, k, n])))).toEqual(
          [whole, whole, whole].flat(),
        )
        expect(bits(tf.matMul(a.reshape([1, m, k]), b.reshape([1, k, n]).tile([3, 1, 1])))).toEqual(
          [whole, whole, whole].flat(),
        )
      })
  })

  it("gives zeros for an inner size of zero and nothing for an outer one", async () => {
    expect(await on("wasm", () => bits(tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3]))))).toEqual([0, 0, 0, 0, 0, 0])
    expect(await on("wasm", () => tf.matMul(tf.zeros([2, 0, 4]), tf.zeros([2, 4, 3])).shape)).toEqual([2, 0, 3])
  })

  it("reads both operands again after their buffers were given to other tensors", async () => {
    const once = (seed: number) =>
      on("wasm", () => bits(tf.matMul(tensor([3, 8, 8], seed), tensor([3, 8, 8], seed + 1))))
    const first = await once(5)
    expect(await once(9)).not.toEqual(first)
    expect(await once(5)).toEqual(first)
  })
})

describe("Transpose on wasm", () => {
  const shapes = fc
    .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
        dtype: fc.constantFrom("float32", "int32", "bool"),
      }),
    )
    .filter(({ shape }) => sizeOf(shape) < 20_000)
  const agree = async (shape: readonly number[], perm: readonly number[], dtype: "float32" | "int32" | "bool") => {
    const values = Int32Array.from(noise(sizeOf(shape), 3), (x) => x * 1e6)
    const typed = {
      float32: () => Float32Array.from(values, (v) => v / 64),
      int32: () => values,
      bool: () => Uint8Array.from(values, (v) => v & 1),
    }
    const read = () => {
      const y = tf.tensor(typed[dtype](), [...shape], dtype).transpose([...perm])
      return { shape: y.shape, values: [...y.dataSync()], dtype: y.dtype }
    }
    expect(await on("wasm", read)).toEqual(await on("cpu", read))
  }

  it("is bit-equal to the cpu backend for random shapes, permutations and types", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, ({ shape, perm, dtype }) => agree(shape, perm, dtype)),
      { seed: 1, numRuns: 300 },
    )
  })

  it("is bit-equal to the cpu backend beyond one tile and one run", async () => {
    await agree([67, 131], [1, 0], "float32")
    await agree([3, 67, 131], [0, 2, 1], "float32")
    await agree([2, 33, 3, 4, 8], [2, 0, 3, 1, 4], "float32")
    await agree([5, 3, 257], [1, 0, 2], "bool")
    await agree([0, 3], [1, 0], "float32")
  })

  it("keeps the bits of every NaN and of -0", async () => {
    const words = Uint32Array.from([0x7f800001, 0x7fc12345, 0xffffffff, 0x80000000, 0, 1])
    const out = await on("wasm", () => bits(tf.tensor(new Float32Array(words.buffer), [2, 3]).transpose()))
    expect(out).toEqual([0x7f800001, 0x80000000, 0x7fc12345, 0, 0xffffffff, 1])
  })
})

describe("kernels that replace stock ones on wasm", () => {
  const same = async (f: () => tf.Tensor | tf.Tensor[]) => {
    const read = () => [f()].flat().map((x) => [x.shape, x.dtype, [...x.dataSync()]])
    expect(await on("wasm", read)).toEqual(await on("cpu", read))
  }

  it("refuse an index out of range, as the cpu backend does", async () => {
    for (const backend of BACKENDS)
      await on(backend, () => expect(() => tf.gather(tf.ones([2, 2]), [2])).toThrow(/not in|index 2/))
  })

  it("slices every type as the cpu backend does", async () => {
    const box = fc
      .array(
        fc
          .tuple(fc.nat(4), fc.nat(4), fc.nat(3))
          .map(([before, size, after]) => ({ before, size, shape: before + size + after })),
        { minLength: 1, maxLength: 6 },
      )
      .filter((axes) => axes.every(({ shape }) => shape > 0))
    await fc.assert(
      fc.asyncProperty(box, fc.constantFrom("float32", "int32", "bool"), (axes, dtype) =>
        same(() =>
          tensor(
            axes.map(({ shape }) => shape),
            2,
          )
            .mul(9)
            .cast(dtype)
            .slice(
              axes.map(({ before }) => before),
              axes.map(({ size }) => size),
            ),
        ),
      ),
      { seed: 1, numRuns: 100 },
    )
    await same(() => tensor([5, 300], 2).slice([1, 2], [3, 200]))
    await same(() => tensor([5, 300], 2).slice([1], [-1]))
  })
})

describe("clones on wasm", () => {
  it("share the buffer, and outlive the original", async () => {
    const left = await on("wasm", () => {
      const x = tf.tensor1d([1, 2, 3])
      const before = tf.engine().backend.numDataIds()
      const y = x.clone()
      expect(tf.engine().backend.numDataIds()).toBe(before)
      x.dispose()
      const z = y.clone()
      y.dispose()
      return [...z.dataSync()]
    })
    expect(left).toEqual([1, 2, 3])
  })
})

describe("gradients that wasm lacks", () => {
  const same = async (f: () => tf.Tensor) =>
    expect(await on("wasm", () => bits(f()))).toEqual(await on("cpu", () => bits(f())))

  it("sums segments in the order of the rows, drops ids outside the range, and agrees with both backends", async () => {
    const f = () => tf.unsortedSegmentSum(tensor([9, 2, 3], 4), tf.tensor1d([0, 3, 3, -1, 7, 0, 3, 1, 5], "int32"), 5)
    await same(f)
    const x = noise(54, 4)
    const ids = [0, 3, 3, -1, 7, 0, 3, 1, 5]
    const expected = Array.from({ length: 30 }, (_, i) =>
      Math.fround(ids.reduce((sum, id, row) => (id === Math.floor(i / 6) ? sum + x[row * 6 + (i % 6)]! : sum), 0)),
    )
    expect(await on("wasm", () => [...f().dataSync()])).toEqual(expected)
  })

  it("trains an embedding by gather", async () => {
    const lossesAndTable = await on("wasm", () => {
      const table = tf.variable(tensor([7, 4], 6), true, "kernels.test/embedding")
      const ids = tf.tensor1d([1, 5, 1, 0], "int32")
      const target = tensor([4, 4], 8)
      const sgd = tf.train.sgd(0.1)
      const losses = Array.from({ length: 5 }, () => {
        const { value, grads } = tf.variableGrads(
          () => tf.gather(table, ids).sub(target).square().sum() as tf.Scalar,
          [table],
        )
        sgd.applyGradients(grads)
        return value.dataSync()[0]!
      })
      const untouched = bits(table.slice([2, 0], [3, 4]))
      expect(untouched).toEqual(bits(tensor([7, 4], 6).slice([2, 0], [3, 4])))
      table.dispose()
      sgd.dispose()
      return losses
    })
    for (let i = 1; i < 5; i++) expect(lossesAndTable[i]).toBeLessThan(lossesAndTable[i - 1]!)
  })
})

describe("parity planes", () => {
  const parity = (k: number) => Math.abs(k) % 2
  const planes = async (ks: readonly number[], fractionBits: number) => {
    const x = () =>
      tf.tensor(
        Float32Array.from(ks, (k) => k * 2 ** -fractionBits),
        [ks.length],
        "float32",
      )
    const expected = ks.map((k) => parity(k) * 2 ** -fractionBits)
    const words = Array.from({ length: Math.ceil(ks.length / 32) }, (_, w) =>
      ks.slice(32 * w, 32 * w + 32).reduce((word, k, bit) => word | (parity(k) << bit), 0),
    )
    for (const backend of BACKENDS) {
      const typed = await on(backend, () => {
        const plane = dispatch(pack, { x: x() }, { fractionBits })
        expect(plane.dtype).toBe("int32")
        expect([...plane.dataSync()]).toEqual(words)
        return [...dispatch(unpack, { words: plane }, { shape: [ks.length], fractionBits }).dataSync()]
      })
      const composed = await on(backend, () => [
        // The words are float32, which only plain operations accept.
        ...unpack
          .composed({ words: pack.composed({ x: x() }, { fractionBits }) }, { shape: [ks.length], fractionBits })
          .dataSync(),
      ])
      expect(typed).toEqual(expected)
      expect(composed).toEqual(expected)
    }
  }

  it("are exact for every k around zero", async () => {
    const ks = Array.from({ length: 1 << 13 }, (_, i) => i - (1 << 12))
    for (const fractionBits of [0, 1, 9, 12]) await planes(ks, fractionBits)
  })

  it("are exact up to the limit of the grid, on both sides", async () => {
    const ks = Array.from({ length: 64 }, (_, i) => 2 ** 24 - 1 - i).flatMap((k) => [k, -k])
    for (const fractionBits of [0, 9, 20]) await planes(ks, fractionBits)
  })

  it("are exact for sizes that do not fill a word", async () => {
    for (const n of [1, 23, 24, 25, 31, 32, 33, 48, 64, 1000])
      await planes(
        Array.from(noise(n, n), (u) => Math.round(u * 2 ** 20)),
        9,
      )
  })

  it("keep shapes", async () => {
    for (const backend of BACKENDS) {
      const shapes = await on(backend, () => {
        const x = tf.ones([2, 3, 5])
        const attributes = { shape: [2, 3, 5], fractionBits: 0 }
        const words = dispatch(pack, { x }, attributes)
        const composed = pack.composed({ x }, attributes)
        const back = [dispatch(unpack, { words }, attributes), unpack.composed({ words: composed }, attributes)]
        return [words, composed, ...back].map((found) => found.shape)
      })
      expect(shapes).toEqual([[1], [2], [2, 3, 5], [2, 3, 5]])
    }
  })
})

describe.each(["cpu", "wasm"] as const)("differ on %s", (backend) => {
  it("counts the elements with other bits, and agrees with the composed form on whether there are any", async () => {
    await useBackend(backend)
    const differing = (x: tf.Tensor, y: tf.Tensor) => dispatch(differ, { x, y }).dataSync()[0]
    const x = tf.tensor1d([0, 1, NaN, -2, 3, Infinity])
    const cases: ReadonlyArray<readonly [ReadonlyArray<number>, number]> = [
      [[0, 1, NaN, -2, 3, Infinity], 0],
      [[0, 1, NaN, -2, 3, -Infinity], 1],
      [[0, 1 + 2 ** -23, 0, -2, 3, NaN], 3],
      [[5, 5, 5, 5, 5, 5], 6],
    ]
    for (const [values, count] of cases) {
      const y = tf.tensor1d([...values])
      expect(differing(x, y)).toBe(count)
      expect(differ.composed({ x, y }, {}).dataSync()[0]).toBe(count === 0 ? 0 : 1)
    }
    expect(differing(tf.tensor1d([0]), tf.tensor1d([-0]))).toBe(1)
    expect(differing(tf.tensor1d([7, 8], "int32"), tf.tensor1d([7, 9], "int32"))).toBe(1)
  })
})
