/**
 * Checkpoints: resumed training has the bits of training that never stopped, and bytes that are not a checkpoint are
 * refused with a sentence.
 */
import { either as E } from "fp-ts"
import { Key, Params } from "bijou"
import { AdamW, Checkpoint, descent, gpt, GptConfig, microBatched, type Run, Text, type Trained } from "bijou/net"
import { currentRuntime, tensor, tensorScope, tf, useBackend, useKernels } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"
import { tensorLeaves } from "../../src/tensor/values/parameterSide.ts"
import { rewritten } from "../support/forgery.ts"
import { digest, left, lively, onBackends, right, tinyGpt } from "../support/specimens.ts"

const text = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)

onBackends("A checkpoint", () => {
  const { bijection: network, config } = tinyGpt({ depth: 2 })
  type P = ReturnType<typeof network.params.init>

  const course = {
    optimizer: AdamW.config,
    schedule: { peak: 0.01, floor: 0.001, warmup: 3, steps: 10 },
    batch: 4,
  }
  const data = (samples: ReadonlyArray<number>) => Text.batch(text, config.context, 1, samples)
  const gradients = () => microBatched({ network, data }, { size: 2, seed: 1 })
  const runAt = (steps: number): Run => ({
    ...{ steps, seed: 1, batch: 4, microBatch: 2, workers: 2, optimizer: course.optimizer, schedule: course.schedule },
    runtime: currentRuntime(),
    fit: { budget: 1000, peak: 900, ms: 1.5, parts: [{ path: "blocks/0", choice: "tape", bytes: 7, ms: 0.1 }] },
    network: config,
    notes: { of: "a test", loss: 0.1 + 0.2 },
  })
  const start = (): Trained<P> => {
    const params = lively(network.params, 1)
    return { params, state: AdamW.init(network.params, params) }
  }
  const trainTo = async (from: Trained<P>, taken: number, end: number): Promise<Trained<P>> => {
    let last = from
    for await (const { steps, trained } of descent(gradients(), { ...course, taken }, from)) {
      last = trained
      if (steps === end) break
    }
    return last
  }
  const digests = ({ params, state }: Trained<P>) => [
    ...[params, state.mean, state.square].map((tree) => digest(network.params, tree)),
    state.beta1Power,
    state.beta2Power,
  ]
  const saved = async (trained: Trained<P>, run = runAt(4)) => Checkpoint.toBytes(network.params, { run, trained })()

  it("resumes to the same bits, with its run", async () => {
    const whole = await trainTo(start(), 0, 10)
    const half = await trainTo(start(), 0, 4)
    const bytes = await saved(half)
    const { run, trained } = right(await Checkpoint.fromBytes(network.params, bytes)())
    expect(run).toEqual(runAt(4))
    expect(right(await Checkpoint.runOf(bytes)())).toEqual(runAt(4))
    expect(right(GptConfig.decode(run.network))).toEqual(config)
    expect(digests(trained)).toEqual(digests(half))
    expect(digests(await trainTo(trained, run.steps, 10))).toEqual(digests(whole))
  })

  it("leaks no tensor, whether it fits or not", async () => {
    const trained = start()
    const bytes = await saved(trained)
    tensorScope.release(trained)
    const before = tf.memory().numTensors
    const back = right(await Checkpoint.fromBytes(network.params, bytes)())
    tensorScope.release(back.trained)
    const other = tinyGpt({ depth: 3 }).bijection
    expect(left(await Checkpoint.fromBytes(other.params, bytes)()).message).toMatch(/blocks\.2\..* is missing/)
    const wider = tinyGpt({ depth: 2, width: 8 }).bijection
    expect(left(await Checkpoint.fromBytes(wider.params, bytes)()).message).toMatch(
      /^"embed\.\S+" has shape \[\d+, 4\] in the checkpoint, but \[\d+, 8\] in the network\. Use the network of that run\.$/,
    )
    const shallower = tinyGpt({ depth: 1 }).bijection
    expect(left(await Checkpoint.fromBytes(shallower.params, bytes)()).message).toMatch(
      /has "blocks\.1\..*", but the network does not/,
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  it("is read in pieces of any size, from a source that returns only what is requested", async () => {
    const trained = start()
    const parts: Uint8Array[] = []
    for await (const part of Checkpoint.pieces(network.params, { run: runAt(4), trained }, { piece: 10 })) {
      expect(parts.length === 0 || part.length <= 10).toBe(true)
      parts.push(part)
    }
    const bytes = new Uint8Array(Buffer.concat(parts))
    let most = 0
    const read = async (at: number, length: number) => {
      if (at > 8) most = Math.max(most, length)
      return bytes.slice(at, at + length)
    }
    const back = right(await Checkpoint.fromBytes(network.params, { size: bytes.length, read })())
    expect(digests(back.trained)).toEqual(digests(trained))
    expect(most).toBe(10)
    tensorScope.release([trained, back.trained])
  })

  it("is refused with numbers that training cannot produce, as bytes and as tensors, by name", async () => {
    const bad = async (tree: "params" | "mean" | "square", value: number): Promise<string> => {
      const trained = start()
      const [name = "", leaf] = tensorLeaves(network.params, trained.params)[3] ?? []
      const values = new Float32Array(leaf?.size ?? 0).fill(0.5)
      values[values.length - 1] = value
      const swap = (p: P): P => {
        const leaves = new Map<string, tf.Tensor>(tensorLeaves(network.params, p))
        leaves.set(name, tf.tensor(values, leaf?.shape))
        return right(Params.fromLeaves(network.params, leaves))
      }
      const { params, state } = trained
      const wrong =
        tree === "params" ? { params: swap(params), state } : { params, state: { ...state, [tree]: swap(state[tree]) } }
      return saved(wrong).then(
        () => "saved",
        (error: Error) => error.message,
      )
    }
    expect(await bad("params", NaN)).toMatch(/^A checkpoint could not be read again: "[\w.]+" has the number NaN\.$/)
    expect(await bad("mean", -Infinity)).toMatch(/"adamw\.mean\.[\w.]+" has the number -Infinity/)
    expect(await bad("square", -0.25)).toMatch(/"adamw\.square\.[\w.]+" has the number -0.25/)
    expect(await bad("mean", -0.25)).toBe("saved")
  })
})

describe("The bytes of a checkpoint", () => {
  const params = Params.struct({
    w: tensor.normal([2, 3], 1),
    none: tensor.zeros([0, 4]),
    ["__proto__"]: tensor.ones([1]),
  })
  type Q = ReturnType<typeof params.init>
  const run: Run = {
    ...{ steps: 4, seed: 1, batch: 4, microBatch: 2, workers: null, optimizer: AdamW.config, fit: null },
    ...{ schedule: { peak: 0.01, floor: 0.001, warmup: 3, steps: 10 }, network: { of: "one" }, notes: {} },
    runtime: { backend: "cpu", kernels: "own", library: null, processor: null, threads: null, opLibrary: false },
  }
  const fresh = (): Trained<Q> => {
    const p = params.init(Key.fromSeed(1))
    return { params: p, state: AdamW.init(params, p) }
  }
  let trained: Trained<Q>
  let bytes: Uint8Array
  beforeAll(async () => {
    await useBackend("cpu")
    trained = fresh()
    bytes = await Checkpoint.toBytes(params, { run, trained })()
  })

  it("are the same after everything was rebuilt", () => {
    expect(rewritten(bytes, (contents) => contents)).toEqual(bytes)
  })

  it("are refused with any byte changed, in any way, and leak no tensor", async () => {
    const before = tf.memory().numTensors
    for (let i = 0; i < bytes.length; i++)
      for (const bit of [1, 0x20, 0x80]) {
        const changed = bytes.slice()
        changed[i] = (changed[i] ?? 0) ^ bit
        expect([i, bit, E.isLeft(await Checkpoint.fromBytes(params, changed)())]).toEqual([i, bit, true])
      }
    expect(tf.memory().numTensors).toBe(before)
  })

  it("are refused if they are truncated or longer", async () => {
    for (let length = 0; length < bytes.length; length++)
      expect(E.isLeft(await Checkpoint.fromBytes(params, bytes.subarray(0, length))())).toBe(true)
    expect(E.isLeft(await Checkpoint.fromBytes(params, Uint8Array.of(...bytes, 0))())).toBe(true)
  })

  it("have empty arrays, and one called __proto__", async () => {
    const back = right(await Checkpoint.fromBytes(params, bytes)())
    expect(digest(params, back.trained.params)).toBe(digest(params, trained.params))
    expect(params.leaves(back.trained.params).map(([path]) => path)).toEqual(["w", "none", "__proto__"])
  })

  it("name the array whose numbers have changed", async () => {
    const changed = bytes.slice()
    changed[bytes.length - 1] = 1
    expect(left(await Checkpoint.fromBytes(params, changed)()).message).toBe(
      'This is not a complete checkpoint: the numbers of "adamw.square.__proto__" are not as they were written: their SHA-256 differs. Use another copy.',
    )
  })

  it.each<[string, (run: Run) => unknown, string]>([
    [
      "without steps",
      (r) => ({ ...r, steps: null }),
      "the field run.steps of its run is null, not an integer of at least 0",
    ],
    ["of a step and a half", (r) => ({ ...r, steps: 1.5 }), "the field run.steps of its run is 1.5"],
    ["past its end", (r) => ({ ...r, steps: 11 }), "its run has taken 11 of 10 steps"],
    [
      "without a schedule",
      (r) => ({ ...r, schedule: { peak: 1 } }),
      "the field run.schedule.floor of its run is undefined",
    ],
    [
      "at an endless rate",
      (r) => ({ ...r, schedule: { ...r.schedule, peak: "1e999" } }),
      'the field run.schedule.peak of its run is "1e999"',
    ],
    [
      "under no plan",
      (r) => ({ ...r, fit: { budget: "much" } }),
      'the field run.fit.budget of its run is "much", not a finite number of at least 0',
    ],
    [
      "with beta1 at 1",
      (r) => ({ ...r, optimizer: { ...r.optimizer, beta1: 1 } }),
      "the field run.optimizer.beta1 of its run is 1, not a number of at least 0 and below 1",
    ],
    [
      "with a negative clip",
      (r) => ({ ...r, optimizer: { ...r.optimizer, clip: -1 } }),
      "the field run.optimizer.clip of its run is -1",
    ],
    ["of no samples", (r) => ({ ...r, batch: 0 }), "the field run.batch of its run is 0, not an integer of at least 1"],
    [
      "of parts that do not divide",
      (r) => ({ ...r, microBatch: 3 }),
      "its run has micro-batches of 3, which do not divide 4",
    ],
    [
      "of very many threads",
      (r) => ({ ...r, runtime: { ...r.runtime, threads: 1e9 } }),
      "the field run.runtime.threads of its run is 1000000000",
    ],
  ])("are refused for a run %s", async (_, change, reason) => {
    const wrong = rewritten(bytes, ({ stored, ...rest }) => ({
      ...rest,
      stored: { ...stored, run: change(stored.run) },
    }))
    expect(left(await Checkpoint.runOf(wrong)()).message).toContain(`This is not a complete checkpoint: ${reason}`)
    expect(E.isLeft(await Checkpoint.fromBytes(params, wrong)())).toBe(true)
  })

  it("are refused with numbers that training cannot produce, though the digests are right", async () => {
    const numberAt = (place: number, value: number) =>
      rewritten(
        bytes,
        (contents) => contents,
        (data) => new Float32Array(data.buffer).fill(value, place, place + 1),
      )
    const reason = async (wrong: Uint8Array) => left(await Checkpoint.fromBytes(params, wrong)()).message
    const before = tf.memory().numTensors
    expect(await reason(numberAt(0, NaN))).toContain('"w" has the number NaN')
    expect(await reason(numberAt(7, Infinity))).toContain('"adamw.mean.w" has the number Infinity')
    expect(await reason(numberAt(14, -1))).toContain('"adamw.square.w" has the number -1')
    for (const power of [5, -0.5])
      expect(
        await reason(rewritten(bytes, ({ arrays, stored }) => ({ arrays, stored: { ...stored, beta1Power: power } }))),
      ).toContain(`the field beta1Power of its run is ${power}, not a number from 0 to 1`)
    expect(tf.memory().numTensors).toBe(before)
  })

  it("are refused in one short line, whatever a field contains", async () => {
    const holding = (steps: unknown) =>
      rewritten(bytes, ({ arrays, stored }) => ({ arrays, stored: { ...stored, run: { ...stored.run, steps } } }))
    const reason = async (wrong: Uint8Array) => left(await Checkpoint.runOf(wrong)()).message
    const long = await reason(holding("x".repeat(5e6)))
    expect(long).toContain('xx...", not an integer of at least 0')
    expect(long.length).toBeLessThan(300)
    expect(await reason(holding("\u001b[31m\u202e\n"))).toContain('of its run is "\\u001b[31m\\u202e\\n", not')
    const deep = (stored: unknown) =>
      JSON.stringify(stored).replace('"steps":4', `"steps":${"[".repeat(5000)}${"]".repeat(5000)}`)
    const nested = rewritten(bytes, ({ arrays, stored }) => ({ arrays, stored: deep(stored) }))
    expect(await reason(nested)).toContain("the run in its metadata is nested more than 64 levels deep")
    expect(
      await reason(
        rewritten(bytes, ({ arrays, stored }) => ({
          arrays: { ...arrays, ["v\u0007".repeat(1e5)]: { dtype: "F32" } },
          stored,
        })),
      ),
    ).toMatch(/its header does not give the type, shape and offsets of "[v\\u0007]{30,}\.\.\."/)
  })

  it("are refused without digests, or with digests of other arrays", async () => {
    const text = Buffer.from(bytes).toString("latin1")
    const without = Buffer.from(text.replace("bijou.sha256", "bijou.sha255"), "latin1")
    expect(left(await Checkpoint.runOf(without)()).message).toContain("its metadata have no SHA-256")
    const fewer = rewritten(bytes, ({ arrays, stored }) => ({ arrays, stored: { ...stored, sha256: [] } }))
    expect(left(await Checkpoint.runOf(fewer)()).message).toContain("it has SHA-256 digests for 0 arrays")
  })

  it("that name a network larger than any memory are refused from their own size", async () => {
    const begun = performance.now()
    const { bijection: network } = gpt({
      vocabulary: 256,
      context: 64,
      width: 8192,
      heads: 8,
      depth: 10_000,
      fractionBits: 9,
      dropout: 0,
    })
    const missing = left(await Checkpoint.fromBytes(network.params, bytes)())
    expect(missing.message).toBe('This is not a complete checkpoint: "embed.tokens" is missing. Use another copy.')
    // One small array for every parameter: the shapes are compared, and none is drawn.
    const { bijection: wide } = gpt({
      vocabulary: 256,
      context: 64,
      width: 65_536,
      heads: 8,
      depth: 2,
      fractionBits: 9,
      dropout: 0,
    })
    const small = tinyGpt({ depth: 2 }).bijection
    const p = small.params.init(Key.fromSeed(1))
    const other = await Checkpoint.toBytes(small.params, {
      run,
      trained: { params: p, state: AdamW.init(small.params, p) },
    })()
    expect(left(await Checkpoint.fromBytes(wide.params, other)()).message).toMatch(
      /^"embed\.tokens" has shape \[\d+, 4\] in the checkpoint, but \[256, 65536\] in the network\./,
    )
    expect(performance.now() - begun).toBeLessThan(60_000)
  })

  it("cannot have two arrays of one name", async () => {
    const twice = Params.struct({ "a.b": tensor.ones([1]), a: Params.named("b", tensor.ones([1])) })
    const p = twice.init(Key.fromSeed(1))
    const same = { params: p, state: { mean: p, square: p, beta1Power: 1, beta2Power: 1 } }
    await expect(Checkpoint.toBytes(twice, { run, trained: same })()).rejects.toThrow(
      'Two arrays of a file cannot have the same name "a.b". Rename one.',
    )
  })
})

describe("A run", () => {
  it("ends before a step that another backend, BLAS or choice of kernels would compute", async () => {
    await useBackend("wasm")
    const { bijection: network, config } = tinyGpt({ depth: 2 })
    const data = (samples: ReadonlyArray<number>) => Text.batch(text, config.context, 1, samples)
    const course = { optimizer: AdamW.config, schedule: { peak: 0.01, floor: 0.001, warmup: 3, steps: 10 }, batch: 2 }
    const reason = async (change: () => unknown, back: () => unknown): Promise<string> => {
      const params = network.params.init(Key.fromSeed(1))
      const steps = descent(microBatched({ network, data }, { size: 2, seed: 1 }), course, {
        params,
        state: AdamW.init(network.params, params),
      })
      const before = (await steps.next()).value
      await change()
      const alive = tf.memory().numTensors
      const end = await steps.next().then(
        () => "it went on",
        (error: Error) => error.message,
      )
      expect(tf.memory().numTensors).toBe(alive)
      await back()
      expect(before?.trained.params.embed.tokens.isDisposed).toBe(false)
      tensorScope.release(before)
      return end
    }
    const blas = { name: "a BLAS, 3 threads", version: "a BLAS", threads: 3, least: 1e9, multiply: () => {} }
    const end = "which gives other bits. Choose one before the run; the parameters are those before the step."
    const wasm = () => useBackend("wasm")
    expect(await reason(() => useBackend("cpu"), wasm)).toBe(
      `This run computes on wasm without a BLAS, but step 1 would compute on cpu, ${end}`,
    )
    expect(
      await reason(
        () => setSgemm(blas),
        () => setSgemm(null),
      ),
    ).toBe(`This run computes on wasm without a BLAS, but step 1 would compute on wasm with a BLAS, 3 threads, ${end}`)
    expect(
      await reason(
        () => useKernels("composed"),
        () => useKernels("own"),
      ),
    ).toBe(
      `This run computes on wasm without a BLAS, but step 1 would compute on wasm without a BLAS, without custom kernels, ${end}`,
    )
  })
})
