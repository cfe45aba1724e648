/**
 * The subjects of the tensor tests: residuals of several kinds, and tools to compare bits.
 */
import { createHash } from "node:crypto"
import { either as E, function as F } from "fp-ts"
import { Key, Params, run, serial, type Env, type Layer, type Program, type Side } from "bijou"
import type { Watch } from "../../src/core/Watch.ts"
import { Attention, Conv, Dropout, gpt, type GptConfig, LayerNorm, Linear } from "bijou/net"
import type { LayerNormParams } from "../../src/residual/LayerNorm.ts"
import type { LinearParams } from "../../src/residual/Linear.ts"
import { buffers, fromTfjs, tensorEnv, tf, useBackend } from "bijou/tensor"
import { beforeAll, describe } from "vitest"

// ---------------------------------------------------------------- model

/** A residual and the shape of its activations. `P` is hidden, because only its leaves are used. */
export interface Specimen<P> {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly layer: Layer<P, tf.Tensor, tf.Tensor>
}

/** A watch that also shows the activations of the forward and the backward pass, as bits. */
export interface RecordingWatch extends Watch {
  readonly forth: Uint32Array[]
  readonly back: Uint32Array[]
}

// --------------------------------------------------------- constructors

const bounded: Layer<{}, tf.Tensor, tf.Tensor> = fromTfjs(Params.none, (_, x: tf.Tensor) => tf.tanh(x))

/** Linear layers with a nonlinearity between them, and dropout. */
export const perceptron = (rate = 0.25) => ({
  name: "linear chain",
  shape: [2, 3, 4],
  layer: F.pipe(
    fromTfjs(
      Params.struct<{ readonly norm: LayerNormParams; readonly up: LinearParams; readonly down: LinearParams }>({
        norm: LayerNorm.params(4),
        up: Linear.params(4, 6, 0.5),
        down: Linear.params(6, 4, 0.5),
      }),
      ({ norm, up, down }, x: tf.Tensor) => Linear.apply(down, tf.tanh(Linear.apply(up, LayerNorm.apply(norm, x)))),
    ),
    serial(Dropout.make("drop", rate)),
  ),
})

export const attention = (reach: "causal" | "full") => ({
  name: `${reach} attention`,
  shape: [2, 5, 6],
  layer: F.pipe(
    LayerNorm.make(6),
    serial(Attention.make(6, 2, reach)),
    serial(fromTfjs(Params.none, (_, x: tf.Tensor) => x.mul(40))), // fresh weights are small: enlarge them
    serial(Dropout.make("drop", 0.25)),
  ),
})

export const convolution = () => ({
  name: "convolution",
  shape: [2, 4, 3, 2],
  layer: F.pipe(Conv.make(3, 2, 2), serial(bounded), serial(Dropout.make("drop", 0.25))),
})

/** The same values in [-size, size) for the same seed. */
export const noise = (shape: ReadonlyArray<number>, seed: number, size = 1): tf.Tensor => {
  let state = (seed * 2654435761 + 12345) >>> 0
  const values = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const mixed = Math.imul(state ^ (state >>> 15), 2246822519) >>> 0
    return size * ((mixed ^ (mixed >>> 13)) / 2 ** 31)
  }).map((x) => (x >= size ? x - 2 * size : x))
  return tf.tensor(values, [...shape])
}

/** Parameters without zero biases and unit gains, so that every term matters. */
export const lively = <P>(params: Params<P>, seed: number): P => {
  const p = params.init(Key.fromSeed(seed))
  const moved = new Map(
    params.leaves(p).map(([path, leaf], i) => {
      const given = leaf as tf.Tensor // every specimen is on tensors
      const next = tf.tidy(() => given.add(noise(given.shape, seed + i, 0.1)))
      given.dispose()
      return [path, next] as const
    }),
  )
  return right(Params.fromLeaves(params, moved))
}

/** A GPT of a few hundred parameters. */
export const tinyGpt = (other: Partial<GptConfig> = {}) =>
  gpt({ vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25, ...other })

/** Token ids and targets below 7. */
export const tinyBatch = (batch = 2, time = 4, seed = 1): readonly [tf.Tensor, tf.Tensor] => {
  const ids = (from: number) =>
    tf.tensor2d(
      Int32Array.from({ length: batch * time }, (_, i) => ((i + from) * (i + 3) * seed) % 7),
      [batch, time],
      "int32",
    )
  return [ids(1), ids(2)]
}

export const recordingWatch = (inner: Watch): RecordingWatch => {
  const forth: Uint32Array[] = []
  const back: Uint32Array[] = []
  return {
    forth,
    back,
    expect: (claim) => {
      // Claims of tensor networks.
      if (claim._tag === "InRange" && claim.rebuilt !== true) forth.push(bitsOf(claim.x as tf.Tensor))
      inner.expect(claim)
    },
    observe: ({ x }) => void back.push(bitsOf(x as tf.Tensor)), // likewise
    settle: inner.settle,
  }
}

/** The environment of a tensor network with a watch that records. */
export const recordingEnv = <P>(
  run: Parameters<typeof tensorEnv<P>>[0],
): Env<P> & { readonly watch: RecordingWatch } => {
  const env = tensorEnv(run)
  return { ...env, watch: recordingWatch(env.watch) }
}

// ----------------------------------------------------------- combinators

/** Defines the same tests on every backend that comes with the packages. */
export const onBackends = (title: string, tests: (backend: "cpu" | "wasm") => void): void => {
  for (const backend of ["cpu", "wasm"] as const)
    describe(`${title} on ${backend}`, () => {
      beforeAll(() => useBackend(backend))
      tests(backend)
    })
}

/** A value that is made on first use, because tensors need a backend. */
export const lazily = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | null = null
  return () => (made ??= { value: make() }).value
}

// ---------------------------------------------------------- destructors

/** Returns the value of a Right, or throws a Left. */
export const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw either.left
  return either.right
}

/** Returns the error of a Left, or fails the test for a Right. */
export const left = <L, A>(either: E.Either<L, A>): L => {
  if (E.isRight(either)) throw new Error("An error was expected, but there was none.")
  return either.left
}

export const ask = async <P, A>(program: Program<P, A>, env: Env<P>): Promise<A> => right(await run(program)(env)())

/** Returns a value after a round trip through its bytes. */
export const reread = async <S>(side: Side<S>, value: S): Promise<S> =>
  right(await side.fromBytes(await side.toBytes(value)())())

/** The bit patterns of a tensor of 32-bit values, as a copy. */
export const bitsOf = (x: tf.Tensor): Uint32Array => {
  const values = x.dataSync()
  return new Uint32Array(values.slice().buffer)
}

/** The bit patterns of every parameter, by path. */
export const leafBits = <P>(params: Params<P>, p: P): Readonly<Record<string, Uint32Array>> =>
  Object.fromEntries(params.leaves(p).map(([path, leaf]) => [path, bitsOf(leaf as tf.Tensor)])) // tensors all

/** A digest of the bytes of all parameters. */
export const digest = <P>(params: Params<P>, p: P): string => {
  const hash = createHash("sha256")
  for (const [path, bits] of Object.entries(leafBits(params, p))) hash.update(path).update(bits)
  return hash.digest("hex")
}

/** |x - y| / |y|, in float64. */
export const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let difference = 0
  let size = 0
  for (let i = 0; i < y.length; i++) {
    const [a, b] = [x[i] ?? NaN, y[i] ?? NaN]
    difference += (a - b) ** 2
    size += b ** 2
  }
  if (x.length !== y.length) return NaN
  return difference === 0 ? 0 : Math.sqrt(difference / size)
}

/** What is alive: handles, distinct buffers, and buffers on the current backend. */
export const alive = (): Readonly<Record<"handles" | "buffers" | "bytes" | "onBackend", number>> => ({
  handles: tf.memory().numTensors,
  buffers: buffers().count,
  bytes: buffers().bytes,
  onBackend: (tf.engine().backend as unknown as { numDataIds: () => number }).numDataIds(), // in every backend
})
