/**
 * Training: steps that repeat and resume to the bit, AdamW against float64, schedules and text.
 */
import { Params } from "bijou"
import { float32TensorSide, tensor, tensorEnv, tensorScope, tf } from "bijou/tensor"
import { AdamW, isTrainError, learningRate, Text, trainStep, type Trained } from "bijou/net"
import type { AdamWState } from "../../src/train/AdamW.ts"
import { describe, expect, it } from "vitest"
import {
  alive,
  digest,
  distance,
  left,
  lively,
  noise,
  onBackends,
  reread,
  right,
  tinyBatch,
  tinyGpt,
} from "../support/specimens.ts"

const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)

onBackends("Training", () => {
  const { bijection: network, config } = tinyGpt({ depth: 2 })
  type P = ReturnType<typeof network.params.init>

  const start = (): Trained<P> => {
    const params = lively(network.params, 1)
    return { params, state: AdamW.init(network.params, params) }
  }

  /** The samples of step n are 3n, 3n + 1, 3n + 2. */
  const steps = async (from: Trained<P>, first: number, last: number, seed = 1): Promise<Trained<P>> => {
    let trained = from
    for (let step = first; step < last; step++) {
      const samples = [3 * step, 3 * step + 1, 3 * step + 2]
      const batch = Text.batch(bytes, config.context, seed, samples)
      const env = tensorEnv({ params: trained.params, seed, step, samples })
      trained = right(await trainStep(network, trained, batch, env, 0.01, AdamW.config)()).trained
      tensorScope.release(batch)
    }
    return trained
  }
  const digests = ({ params, state }: Trained<P>) => [
    digest(network.params, params),
    digest(network.params, state.mean),
    digest(network.params, state.square),
    state.beta1Power,
    state.beta2Power,
  ]

  it("has the same bits twice, and others for another seed", async () => {
    const once = digests(await steps(start(), 0, 20))
    expect(digests(await steps(start(), 0, 20))).toEqual(once)
    expect(digests(await steps(start(), 0, 20, 2))[0]).not.toBe(once[0])
    expect(digests(start())[0]).not.toBe(once[0])
  })

  it("resumes from bytes to the same bits", async () => {
    const through = async ({ params, state }: Trained<P>): Promise<Trained<P>> => {
      const copy = async (p: P): Promise<P> => {
        const leaves = new Map<string, tf.Tensor>()
        for (const [path, leaf] of network.params.leaves(p))
          leaves.set(path, await reread(float32TensorSide(null), leaf as tf.Tensor)) // tensors all
        return right(Params.fromLeaves(network.params, leaves))
      }
      const { beta1Power, beta2Power } = state
      const powers = JSON.parse(JSON.stringify({ beta1Power, beta2Power })) as typeof state
      return {
        params: await copy(params),
        state: { ...powers, mean: await copy(state.mean), square: await copy(state.square) },
      }
    }
    const whole = digests(await steps(start(), 0, 10))
    expect(digests(await steps(await through(await steps(start(), 0, 5)), 5, 10))).toEqual(whole)
  })

  it("continues after an error as if it had not happened", async () => {
    const trained = await steps(start(), 0, 2)
    const samples = [6, 7, 8]
    const before = [digests(trained), alive()]
    const [tokens, targets] = tinyBatch(3, 5)
    const long = tensorEnv({ params: trained.params, seed: 1, step: 2, samples })
    const error = left(await trainStep(network, trained, [tokens, targets], long, 0.01, AdamW.config)())
    tensorScope.release([tokens, targets])
    expect(isTrainError(error)).toBe(true)
    expect(isTrainError(new Error(error.message))).toBe(false)
    expect([digests(trained), alive()]).toEqual(before)
    expect(digests(await steps(trained, 2, 4))).toEqual(digests(await steps(start(), 0, 4)))
  })

  it("frees the parameters it replaces, and the loss falls", async () => {
    const first = start()
    const batch = tinyBatch()
    let trained = first
    const losses: number[] = []
    for (let step = 0; step < 30; step++) {
      const env = tensorEnv({ params: trained.params, seed: 1, step, samples: [0, 1] })
      const next = right(await trainStep(network, trained, batch, env, 0.02, { ...AdamW.config, weightDecay: 0 })())
      trained = next.trained
      losses.push(next.loss)
    }
    expect(first.params.head.unembed.isDisposed).toBe(true)
    expect(trained.params.head.unembed.isDisposed).toBe(false)
    expect(losses[29]).toBeLessThan(0.5 * (losses[0] ?? NaN))
  })
})

onBackends("AdamW", () => {
  const params = Params.struct<{ readonly matrix: tf.Tensor; readonly gain: tf.Tensor }>({
    matrix: tensor.normal([3, 4], 1),
    gain: tensor.ones([4]),
  })
  type P = { readonly matrix: tf.Tensor; readonly gain: tf.Tensor }
  const gradient = (step: number, size = 1): P => ({
    matrix: noise([3, 4], 10 + step, size),
    gain: noise([4], 50 + step, size),
  })

  it("is within 1e-6 of float64, clipped and not", () => {
    for (const clip of [0.5, 100]) {
      const config = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clip }
      let p: P = { matrix: noise([3, 4], 1), gain: noise([4], 2) }
      let state: AdamWState<P> = AdamW.init(params, p)
      const names = ["matrix", "gain"] as const
      const host = (tree: P) =>
        Object.fromEntries(names.map((name) => [name, Float64Array.from(tree[name].dataSync())]))
      const theirs = host(p)
      const mean = host(state.mean)
      const square = host(state.square)
      for (let step = 1; step <= 8; step++) {
        const grads = gradient(step, step === 4 ? 20 : 1)
        const learningRate = 0.01 * step
        const g = host(grads)
        const norm = Math.sqrt(names.flatMap((name) => [...(g[name] ?? [])]).reduce((sum, x) => sum + x * x, 0))
        const shrink = Math.min(1, clip / (norm + 1e-6))
        expect(shrink < 1).toBe(clip < 1)
        for (const name of names) {
          const [w, m, v, d] = [theirs[name], mean[name], square[name], g[name]]
          if (w === undefined || m === undefined || v === undefined || d === undefined) throw new Error(name)
          for (let i = 0; i < w.length; i++) {
            const x = (d[i] ?? NaN) * shrink
            m[i] = 0.9 * (m[i] ?? NaN) + 0.1 * x
            v[i] = 0.95 * (v[i] ?? NaN) + 0.05 * x * x
            const decay = name === "matrix" ? 1 - learningRate * 0.1 : 1
            const change = (m[i] ?? NaN) / (1 - 0.9 ** step) / (Math.sqrt((v[i] ?? NaN) / (1 - 0.95 ** step)) + 1e-8)
            w[i] = decay * (w[i] ?? NaN) - learningRate * change
          }
        }
        ;({ params: p, state } = AdamW.update(config, params, { params: p, grads, norm, state, learningRate }))
      }
      for (const name of names) {
        expect(distance(p[name].dataSync(), theirs[name] ?? [])).toBeLessThan(1e-6)
        expect(distance(state.mean[name].dataSync(), mean[name] ?? [])).toBeLessThan(1e-6)
        expect(distance(state.square[name].dataSync(), square[name] ?? [])).toBeLessThan(1e-6)
      }
    }
  })

  it("borrows its arguments, and owns only what it returns", () => {
    const p: P = { matrix: noise([3, 4], 1), gain: noise([4], 2) }
    const [state, grads] = [AdamW.init(params, p), gradient(1)]
    const before = [digest(params, p), digest(params, grads), digest(params, state.mean)]
    const { handles } = alive()
    const next = AdamW.update(AdamW.config, params, { params: p, grads, norm: 3, state, learningRate: 0.1 })
    expect(alive().handles).toBe(handles + 6)
    expect([digest(params, p), digest(params, grads), digest(params, state.mean)]).toEqual(before)
    expect(digest(params, next.params)).not.toBe(before[0])
  })

  it("takes no step without a gradient but decay, and none at a rate of zero", () => {
    const p: P = { matrix: noise([3, 4], 1), gain: noise([4], 2) }
    const grads = { matrix: tf.zeros([3, 4]), gain: tf.zeros([4]) }
    const given = { params: p, grads, norm: 0, state: AdamW.init(params, p) }
    const still = AdamW.update(AdamW.config, params, { ...given, learningRate: 0 })
    expect(digest(params, still.params)).toBe(digest(params, p))
    const decayed = AdamW.update(AdamW.config, params, { ...given, learningRate: 1 })
    expect(distance(decayed.params.matrix.dataSync(), p.matrix.mul(0.9).dataSync())).toBeLessThan(1e-6)
    expect(digest(params, { ...decayed.params, matrix: p.matrix })).toBe(digest(params, p))
  })

  it("refuses parameters that are not tensors", () => {
    expect(() =>
      AdamW.init(
        Params.named(
          "temperature",
          Params.number(() => 1),
        ),
        { temperature: 1 },
      ),
    ).toThrow("temperature")
  })
})

describe("The learning rate", () => {
  const schedule = { peak: 1, floor: 0.1, warmup: 10, steps: 110 }

  it("rises to its peak over the warm-up, and falls to its floor at the end", () => {
    expect(learningRate(schedule, 0)).toBe(0.1)
    expect(learningRate(schedule, 9)).toBe(1)
    expect(learningRate(schedule, 10)).toBe(1)
    expect(Math.abs(learningRate(schedule, 60) - 0.55)).toBeLessThan(1e-12)
    expect(learningRate(schedule, 110)).toBe(0.1)
    expect(learningRate(schedule, 1000)).toBe(0.1)
    const rates = Array.from({ length: 100 }, (_, i) => learningRate(schedule, 10 + i))
    expect(rates.every((rate, i) => i === 0 || rate < (rates[i - 1] ?? NaN))).toBe(true)
  })

  it("needs no warm-up, and no steps", () => {
    expect(learningRate({ ...schedule, warmup: 0 }, 0)).toBe(1)
    expect(learningRate({ ...schedule, warmup: 0, steps: 0 }, 0)).toBe(1)
    expect(learningRate({ ...schedule, warmup: 0, steps: 0 }, 1)).toBe(0.1)
  })
})

onBackends("Text", () => {
  const text = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) % 251)

  it("is split nine to one, and refused if a part has no window", () => {
    const { train, validation } = Text.split(text, 50)
    expect([train.length, validation.length]).toEqual([900, 100])
    expect([...train, ...validation]).toEqual([...text])
    expect(Text.split(text, 99).validation.length).toBe(100)
    expect(() => Text.split(text, 100)).toThrow(RangeError)
    expect(() => Text.split(text, 100)).toThrow(
      "A text of 1000 bytes is too short: its last tenth is for validation and must hold a window of 101 bytes. Give at least 1001 bytes,",
    )
    expect(() => Text.split(new Uint8Array(), 1)).toThrow(RangeError)
  })

  it("has windows that depend on the seed and the sample alone", () => {
    const rows = (samples: ReadonlyArray<number>, seed = 1) => {
      const [tokens, targets] = Text.batch(text, 8, seed, samples)
      const [x, y] = [tokens.arraySync() as number[][], targets.arraySync() as number[][]] // two axes
      expect(tokens.dtype).toBe("int32")
      for (const [i, row] of x.entries()) {
        expect(y[i]?.slice(0, 7)).toEqual(row.slice(1))
        expect(Buffer.from(text).includes(Buffer.from([...row, y[i]?.[7] ?? -1]))).toBe(true)
      }
      return x
    }
    const [a, b, c] = rows([4, 900, 12])
    expect(rows([12, 4])).toEqual([c, a])
    expect(rows([900])).toEqual([b])
    expect(rows([4, 900, 12], 2)).not.toEqual([a, b, c])
    expect(new Set(rows(Array.from({ length: 40 }, (_, i) => i)).map(String)).size).toBeGreaterThan(30)
    const shortest = Text.batch(text.subarray(0, 9), 8, 1, [0, 1, 2])[0].arraySync() as number[][] // two axes
    expect(shortest).toEqual([0, 1, 2].map(() => [...text.subarray(0, 8)]))
  })

  it("has even windows from the first byte to the last", () => {
    const [tokens, targets] = Text.even(text, 8, 5)
    const [x, y] = [tokens.arraySync() as number[][], targets.arraySync() as number[][]] // two axes
    expect(x[0]).toEqual([...text.subarray(0, 8)])
    expect(y[4]).toEqual([...text.subarray(992)])
    expect(Text.even(text, 8, 1)[0].shape).toEqual([1, 8])
  })

  it("has the unigram entropy of a known distribution", () => {
    // 3 of 4 training bytes are 0 and the others 1; with one more of each of the 256, the validation is scored on those
    const train = Uint8Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0))
    const validation = Uint8Array.of(0, 0, 1, 9)
    const expected = -(2 * Math.log(301 / 656) + Math.log(101 / 656) + Math.log(1 / 656)) / 4
    expect(Math.abs(Text.unigram({ train, validation }) - expected)).toBeLessThan(1e-12)
    const flat = Uint8Array.from({ length: 2560 }, (_, i) => i % 256)
    expect(Math.abs(Text.unigram({ train: flat, validation: flat }) - Math.log(256))).toBeLessThan(1e-12)
  })
})
