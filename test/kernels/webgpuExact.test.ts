/**
 * The exact kernels on WebGPU against the same operations of tfjs, composed on cpu.
 */
import fc from "fast-check"
import { option as O } from "fp-ts"
import { Key, words } from "bijou"
import { Dropout } from "bijou/net"
import { tensorSpace, tf, useBackend } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import { philox } from "../../src/core/Philox.ts"
import { chosenKernels, run } from "../../src/tensor/kernels/dispatch.ts"
import { cotangent } from "../../src/tensor/kernels/spec/cotangent.ts"
import { differ } from "../../src/tensor/kernels/spec/differ.ts"
import { drift } from "../../src/tensor/kernels/spec/drift.ts"
import { inverse } from "../../src/tensor/kernels/spec/inverse.ts"
import { pack } from "../../src/tensor/kernels/spec/pack.ts"
import { quantize } from "../../src/tensor/kernels/spec/quantize.ts"
import { shift } from "../../src/tensor/kernels/spec/shift.ts"
import { times } from "../../src/tensor/kernels/spec/times.ts"
import { unpack } from "../../src/tensor/kernels/spec/unpack.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { PHILOX } from "../../src/tensor/kernels/webgpu/dropout.ts"
import { compile, type WebgpuBackend } from "../../src/tensor/kernels/webgpu/Program.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

/** The bits of a computation on a backend, with all NaNs equal. */
const on = async (
  backend: "webgpu" | "cpu",
  compute: () => ReadonlyArray<tf.Tensor>,
): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
  await useBackend(backend)
  tf.engine().startScope()
  const read = await Promise.all(compute().map((x) => x.data()))
  tf.engine().endScope()
  return read.map((values) => {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
    return Array.from(words, (word) =>
      (word & 0x7fffffff) > 0x7f800000 && values instanceof Float32Array ? NaN : word,
    )
  })
}

/** Runs a kernel on webgpu, and the operations that it replaces on cpu. */
const same = async (
  kernel: () => ReadonlyArray<tf.Tensor>,
  composed: () => ReadonlyArray<tf.Tensor>,
  where: "webgpu" | "cpu" = "cpu",
): Promise<void> => {
  expect(await on("webgpu", kernel)).toEqual(await on(where, composed))
}

const onGrid = (l: number) => fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }).map((k) => k * 2 ** -l)

const anyFloat = fc.oneof(fc.float({ noNaN: true, min: -64, max: 64 }), fc.constantFrom(0, -0, NaN, Infinity, 2 ** -30))

/** Sample ids at which a product with blocks exceeds a word, or the exact integers. */
const edges = fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 3, 2 ** 53 - 1)

const half = fc.constantFrom(0.5, -0.5)

/** Three samples on a grid, values of any size and of moderate size, and gammas. */
const batches = fc.integer({ min: 0, max: 20 }).chain((l) =>
  fc.integer({ min: 1, max: 50 }).chain((width) => {
    const many = <X>(item: fc.Arbitrary<X>) => fc.array(item, { minLength: 3 * width, maxLength: 3 * width })
    return fc.record({
      l: fc.constant(l),
      width: fc.constant(width),
      gamma: fc.tuple(half, half, half),
      x: many(onGrid(l)),
      small: many(fc.integer({ min: -(2 ** 21), max: 2 ** 21 }).map((k) => k * 2 ** -l)),
      h: many(anyFloat),
      other: many(fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 })),
    })
  }),
)

type Batch = typeof batches extends fc.Arbitrary<infer B> ? B : never

const holds = (
  law: (given: Batch, tensors: (values: ReadonlyArray<number>) => tf.Tensor) => Promise<void>,
  numRuns = 40,
) =>
  fc.assert(
    fc.asyncProperty(batches, (given) => law(given, (values) => tf.tensor2d([...values], [3, given.width], "float32"))),
    { numRuns },
  )

/** The attributes of the kernels of a step. */
const attributes = ({ l, gamma }: Batch) => ({
  gamma,
  own: gamma.map((g) => (1 - g) * 2 ** l),
  change: gamma.map((g) => (1 + g) * 2 ** l),
  scale: 2 ** l,
  step: 2 ** -l,
})

describe.skipIf(device === null)(`exact kernels on webgpu${device === null ? ` (${whySkipped})` : ""}`, () => {
  it("are in use", async () => {
    await useBackend("webgpu")
    expect(chosenKernels()).toBe("own")
    for (const { name } of [pack, unpack, shift, differ, quantize, times, drift, update, inverse, cotangent])
      expect(tf.getKernel(name, "webgpu"), name).toBeDefined()
  })

  it("round the drift as the composed operations do", () =>
    holds(({ l, gamma, x, h }, tensor) => {
      const drifted = () => [tensorSpace(l).drift(gamma, tensor(x), tensor(h))]
      return same(drifted, drifted)
    }))

  it("round onto the grid, and multiply samples, as the composed operations do", () =>
    holds(({ l, gamma, h, other }, tensor) =>
      same(
        () => [
          run(quantize, { x: tensor(h) }, { scale: 2 ** l, step: 2 ** -l }),
          run(times, { x: tensor(other) }, { factor: gamma }),
        ],
        () => [
          tf.add(tf.mul(tf.round(tf.mul(tensor(h), 2 ** l)), 2 ** -l), 0),
          tf.mul(tensor(other), tf.tensor2d([...gamma], [3, 1])),
        ],
        "webgpu", // a device may flush the smallest floats to 0
      ),
    ))

  it("pack parities, and add and subtract them", () =>
    holds(({ l, x }, tensor) => {
      const space = tensorSpace(l)
      const moves = () => {
        const [at, plane] = [tensor(x), space.parity(tensor(x))]
        const steps = run(unpack, { words: plane.packed }, { shape: at.shape, fractionBits: l })
        return [plane.packed, steps, space.lift(at, plane), space.lower(at, plane)]
      }
      return same(moves, moves)
    }))

  it("count the elements that differ", () =>
    holds(({ x, h }, tensor) => {
      const counts = () => {
        const [a, b] = [tensor(h), tensor(h.map((value, i) => (i % 3 === 0 ? (x[i] ?? 0) : value)))]
        const [p, q] = [tf.tensor1d([0x7fc00000, 1, 2], "int32"), tf.tensor1d([0x7fc00001, 1, 3], "int32")]
        return (
          [
            [a, a],
            [a, b],
            [p, q],
          ] as const
        ).map(([x, y]) => run(differ, { x, y }, {}))
      }
      return same(counts, counts)
    }))

  it("take a step like the separate operations, and leave the same plane", () =>
    holds((given, tensor) => {
      const { l, gamma, small, h } = given
      const previous = [...small].reverse()
      return same(
        () => run(update, { previous: tensor(previous), x: tensor(small), h: tensor(h) }, attributes(given)),
        () => {
          const { drift, lift, parity, plus, times } = tensorSpace(l)
          const plane = parity(tensor(previous))
          return [
            plus(times(gamma, lift(tensor(previous), plane)), drift(gamma, tensor(small), tensor(h))),
            plane.packed,
          ]
        },
      )
    }))

  it("undo a step, bit for bit", () =>
    holds((given, tensor) => {
      const { l, small, other } = given
      const previous = [...small].reverse()
      const h = other.map((value) => value * 2 ** -l) // keeps the step in range
      return same(
        () => {
          const [x, change] = [tensor(small), tensor(h)]
          const [next, words] = run(update, { previous: tensor(previous), x, h: change }, attributes(given))
          return [run(inverse, { x, next, h: change, words }, attributes(given))]
        },
        () => [tf.add(tensor(previous), 0)],
      )
    }))

  it("pull cotangents back in the specified order of additions", () =>
    holds(({ l, gamma, other, small, h }, tensor) =>
      same(
        () => run(cotangent, { dx: tensor(other), dn: tensor(h), jx: tensor(small) }, { gamma }),
        () => {
          const { plus, times } = tensorSpace(l)
          const straight = times(
            gamma.map((g) => 1 - g),
            tensor(h),
          )
          return [times(gamma, tensor(h)), plus(plus(tensor(other), straight), tensor(small))]
        },
        "webgpu", // a device may flush the smallest floats to 0
      ),
    ))

  it("draw Philox's words, word for word", async () => {
    await useBackend("webgpu")
    const draw = compile({
      name: "words",
      over: "elements",
      inputs: ["keys", "counters"],
      output: "int32",
      functions: [PHILOX],
      body: `
        let key = vec2<u32>(bitcast<u32>(keys[2 * index]), bitcast<u32>(keys[2 * index + 1]));
        let words = philox(key, further(counters[2 * index], counters[2 * index + 1], 3));
        for (var i = 0; i < 4; i++) { result[4 * index + i] = bitcast<i32>(words[i]); }`,
    })
    const count = 300
    const noise = words({ key: Key.fromSeed(5), samples: [0] }, 4 * count)
    noise.set([0, 0xffffffff, 0xfffffffd, 0xffffffff, 0xfffffffe, 7], 2 * count) // carries into the high word
    const int32 = (values: Uint32Array) =>
      tf.tensor1d(
        Int32Array.from(values, (word) => word | 0),
        "int32",
      )
    const [keys, counters] = [noise.subarray(0, 2 * count), noise.subarray(2 * count)]
    const found = draw(tf.backend() as unknown as WebgpuBackend, {
      inputs: { keys: int32(keys), counters: int32(counters) },
      ...{ uniforms: {}, count, shape: [4 * count] },
    })
    const expected = new Uint32Array(4 * count)
    for (let i = 0; i < count; i++) {
      const place = (BigInt(counters[2 * i + 1] ?? 0) << 32n) + BigInt(counters[2 * i] ?? 0) + 3n
      const [low, high] = [place, place >> 32n].map((word) => Number(BigInt.asUintN(32, word))) as [number, number]
      philox(expected, 4 * i, keys[2 * i] ?? 0, keys[2 * i + 1] ?? 0, [low, high, 0, 0])
    }
    const values = await tf.engine().makeTensorFromTensorInfo(found).data()
    expect(new Uint32Array(values.buffer)).toEqual(expected)
  })

  it("drop the values that the numbers of draws.ts say, wherever samples are", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(1000), fc.integer({ min: 2 ** 30, max: 2 ** 40 }), fc.maxSafeNat(), edges), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0.1, 0.25, 1 / 3, 0.5, 2 ** -23, 1 - 2 ** -20),
        fc.maxSafeNat(),
        async (samples, width, rate, seed) => {
          const draw = O.some({ key: Key.fromSeed(seed), samples })
          const given = () =>
            tf.tensor2d(
              Array.from({ length: samples.length * width }, (_, i) => i - 7.25),
              [samples.length, width],
            )
          const dropped = () => [
            Dropout.apply("drop", rate, given(), draw),
            tf.grad((x) => Dropout.apply("drop", rate, x, draw))(given()),
          ]
          await same(dropped, dropped)
        },
      ),
      { numRuns: 60 },
    ))

  it("reach elements beyond the groups of one dimension", async () => {
    const size = 64 * 65_535 + 7
    const x = Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 4093) / 512)
    const space = tensorSpace(9)
    const moved = () => {
      const at = tf.tensor2d(x, [1, size])
      return [space.lift(at, space.parity(at)).sub(at).sum(), space.parity(at).packed]
    }
    await same(moved, moved)
  })
})
