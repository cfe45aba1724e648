/**
 * The installed TensorFlow: how it is loaded, that it replays bit for bit, and which of its kernels are replaced.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"
import { option as O } from "fp-ts"
import { Key } from "bijou"
import { useTensorflow } from "bijou/native"
import { currentRuntime, tensorScope, tf, useBackend } from "bijou/tensor"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { block } from "../../src/net/Gpt.ts"
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import { differ } from "../../src/tensor/kernels/spec/differ.ts"
import { tensorLeaves } from "../../src/tensor/values/parameterSide.ts"
import { built } from "../support/built.ts"
import { bitsOf, noise } from "../support/specimens.ts"
import { installedTensorflow, whySkipped } from "../support/tensorflow.ts"

const name = await installedTensorflow()

/** A busy thread per core. */
const underLoad = async <A>(body: () => A): Promise<A> => {
  const busy = 'require("node:worker_threads").parentPort.postMessage("busy"); for (;;);'
  const workers = Array.from({ length: availableParallelism() }, () => new Worker(busy, { eval: true }))
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))))
  try {
    return body()
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

describe.skipIf(name === null)(`tensorflow${name === null ? ` (${whySkipped})` : `, ${name}`}`, () => {
  beforeAll(() => useBackend("tensorflow"))

  it("keeps its name and its threads for the whole process", async () => {
    expect(name).toMatch(/^TensorFlow \d+\.\d+\.\d+ (CPU, \d+ threads?|GPU)(, op library)?$/)
    expect(await useTensorflow()).toBe(name)
    const { library, threads, opLibrary } = currentRuntime()
    const words = [`${threads} thread${threads === 1 ? "" : "s"}`, ...(opLibrary ? ["op library"] : [])]
    if (name?.includes("CPU") === true) expect([library, ...words].join(", ")).toBe(name)
    await expect(useTensorflow({ threads: 977 })).rejects.toThrow(/which is fixed: 977 would compute other bits/)
    await expect(useTensorflow({ threads: 0 })).rejects.toThrow("threads must be an integer of at least 1, not 0.")
  })

  it("replays a residual: value and gradients have the same bits, applied, recorded, repeated and under load", async () => {
    const layer = block({ width: 64, heads: 4, depth: 6, dropout: 0.1 })
    const params = layer.params.init(Key.fromSeed(1))
    const x = noise([8, 33, 64], 2)
    const dy = noise([8, 33, 64], 3)
    const draw = O.some({ key: Key.fromSeed(4), samples: [0, 1, 2, 3, 4, 5, 6, 7] })
    const applied = () => tensorScope.within(() => bitsOf(layer.apply(params, x, draw)))
    const pulled = () =>
      tensorScope.within(() => {
        const { value, pull } = layer.vjp(params, x, draw)
        const bits = bitsOf(value)
        const { cotangent, grads } = pull(dy)
        if (cotangent === null) throw new Error("A residual has a cotangent.")
        return [bits, bitsOf(cotangent), ...tensorLeaves(layer.params, grads).map(([, leaf]) => bitsOf(leaf))]
      })
    const [first, second] = [applied(), pulled()]
    expect(second[0]).toEqual(first)
    await underLoad(() => {
      for (let i = 0; i < 5; i++) {
        expect(applied()).toEqual(first)
        expect(pulled()).toEqual(second)
      }
    })
    tf.dispose([x, dy, ...tensorLeaves(layer.params, params).map(([, leaf]) => leaf)])
  })

  it.each(["exp", "log1p", "sigmoid", "rsqrt", "elu", "softplus", "atan"] as const)(
    "%s gives an element the same bits wherever it is",
    (f) =>
      tf.tidy(() => {
        const x = noise([40], 5).abs().add(0.1)
        for (const size of [1, 5, 15, 16, 17, 33]) {
          const alone = tf[f](x.slice([0], [size]))
          expect(bitsOf(alone)).toEqual(bitsOf(tf[f](x).slice([0], [size])))
          expect(
            alone
              .sub(tf[f](x.slice([0], [size]).reshape([size, 1])).reshape([size]))
              .abs()
              .max()
              .dataSync()[0],
          ).toBe(0)
        }
      }),
  )

  it("softmax and powers give a row the same bits wherever it is, broadcast or not, and integers stay integers", () =>
    tf.tidy(() => {
      const x = noise([7, 13], 6)
      expect(bitsOf(tf.softmax(x.reverse(0)).reverse(0))).toEqual(bitsOf(tf.softmax(x)))
      const positive = x.abs().add(0.1)
      const exponents = tf.range(0, 13).mul(0.3)
      expect(bitsOf(tf.pow(positive.reverse(0), exponents).reverse(0))).toEqual(bitsOf(tf.pow(positive, exponents)))
      expect(tf.pow(tf.tensor1d([2, 3], "int32"), tf.scalar(3, "int32")).arraySync()).toEqual([8, 27])
      expect(tf.pow(tf.tensor1d([2, 3], "int32"), tf.scalar(3, "int32")).dtype).toBe("int32")
      expect(tf.exp(tf.scalar(0)).arraySync()).toBe(1)
      expect(tf.exp(tf.zeros([0, 3])).shape).toEqual([0, 3])
    }))

  it("counts the elements whose bits differ: the sign of a zero counts, another NaN does not", () =>
    tf.tidy(() => {
      const differing = (x: tf.Tensor, y: tf.Tensor) => dispatch(differ, { x, y }).dataSync()[0]
      expect(differing(tf.tensor1d([0, 1, 2, NaN]), tf.tensor1d([-0, 1, 3, NaN]))).toBe(2)
      expect(differing(tf.tensor1d([0, 1, NaN]), tf.tensor1d([0, 1, 4]))).toBe(1)
      expect(differing(tf.tensor1d([7, 8], "int32"), tf.tensor1d([7, 9], "int32"))).toBe(1)
      expect(differing(noise([9, 9], 1), noise([9, 9], 1))).toBe(0)
    }))

  it("takes over tensors from wasm and back", async () => {
    const x = tf.tidy(() => noise([5, 7], 8).add(1))
    const bits = bitsOf(x)
    await useBackend("wasm")
    const there = x.mul(1)
    expect(bitsOf(there)).toEqual(bits)
    await useBackend("tensorflow")
    const back = there.mul(1)
    expect(bitsOf(back)).toEqual(bits)
    tf.dispose([x, there, back])
  })

  describe("in separate processes", () => {
    const dist = join(built(), "dist")
    const folder = mkdtempSync(join(tmpdir(), "bijou-tensorflow-"))
    const start = (out: string, ...args: ReadonlyArray<string>) => {
      const text = join(folder, "text.txt")
      writeFileSync(text, "the quick brown fox jumps over the lazy dog. ".repeat(200))
      const small = ["--depth", "3", "--width", "32", "--heads", "2", "--batch", "4", "--context", "16", "--data", text]
      const ended = spawnSync(
        process.execPath,
        [
          join(dist, "src/cli/bijou.js"),
          "start",
          "--backend",
          "tensorflow",
          ...small,
          ...args,
          "--out",
          join(folder, out),
        ],
        { encoding: "utf8" },
      )
      return { ...ended, report: JSON.parse(readFileSync(join(folder, out, "report.json"), "utf8")) }
    }

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it("trains by bijou start, inverts without a bit of difference, and prints no messages of its own", () => {
      const { status, stdout, stderr, report } = start("good", "--steps", "120")
      expect(report.backend).toBe(name)
      expect(report.loss.last).toBeLessThan(report.loss.unigram)
      expect(report.roundTrip).toEqual({ bits: 2 * 4 * 16 * 32 * 32, differing: 0 })
      expect(stdout.replace(/\s+/g, " ")).toContain(`on ${name}`)
      expect(stderr.split("\n").filter((line) => !/^((training|measuring) \d+\/.*)?$/.test(line))).toEqual([])
      expect(status).toBe(0)
    })

    it("learns the same with one thread as with two", () => {
      const learned = (threads: string) => {
        const { report } = start(threads, "--steps", "3", "--threads", threads)
        expect(report.backend).toContain(`, ${threads} thread`)
        return { loss: report.loss, sample: report.sample }
      }
      expect(learned("2")).toEqual(learned("1"))
    })

    it("trains to the same bits with any number of workers", () => {
      const digest = (workers: string) =>
        start(`workers${workers}`, "--steps", "3", "--micro-batch", "2", "--workers", workers).report.digest
      expect(digest("2")).toBe(digest("1"))
    })

    it("fails a step of stopped workers for every caller that awaits it, once TensorFlow has finished its operation", () => {
      const script = join(folder, "stopped.mjs")
      const from = (path: string) => JSON.stringify(pathToFileURL(join(dist, "src", path)).href)
      writeFileSync(
        script,
        `import { isMainThread } from "node:worker_threads"
        import { Key } from ${from("index.js")}
        import { useTensorflow } from ${from("node/index.js")}
        import { startWorkers } from ${from("node/workers/index.js")}
        import { useBackend } from ${from("tensor/index.js")}
        import { gpt, Text } from ${from("train/index.js")}
        const { bijection: network } = gpt({ vocabulary: 9, context: 64, width: 128, heads: 4, depth: 6, fractionBits: 9, dropout: 0 })
        export const objective = { network, data: (samples) => Text.batch(new Uint8Array(900), 64, 1, samples) }
        if (isMainThread) {
          await useTensorflow({ threads: 1 })
          await useBackend("tensorflow")
          const what = { module: import.meta.url, export: "objective", count: 2, size: 16, seed: 1 }
          const workers = await startWorkers(network.params, what)
          const samples = Array.from({ length: 32 }, (_, i) => i)
          const step = workers.at({ params: network.params.init(Key.fromSeed(1)), step: 0, samples })()
          await new Promise((resolve) => setTimeout(resolve, 30))
          await workers.stop()
          console.log((await step).left.message)
        }`,
      )
      const { status, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8" })
      expect(stdout).toBe("Worker 1 failed at step 0: it was stopped. The parameters are those before the step.\n")
      expect(status).toBe(0)
    })
  })
})
