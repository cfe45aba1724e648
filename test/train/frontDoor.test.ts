/**
 * Networks of one's own: defined, trained, evaluated, saved and loaded through `bijou/net`.
 */
import { execFileSync } from "node:child_process"
import { lstat, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Key } from "bijou"
import {
  bdia,
  classification,
  classifier,
  coupling,
  evaluate,
  gpt,
  layer,
  leapfrog,
  load,
  loss,
  midpoint,
  momentum,
  network,
  plain,
  predict,
  regression,
  save,
  train,
  TrainingStopped,
} from "bijou/net"
import { trainingSteps, type Report } from "../../src/train/train.ts"
import { tensor, tf, useBackend } from "bijou/tensor"
import { afterAll, beforeAll, expect, it } from "vitest"

beforeAll(() => useBackend("wasm"))

const width = 8
const parts = {
  embed: layer({ w: tensor.normal([2, width], 1), b: tensor.zeros([width]) }, ({ w, b }, x) => x.matMul(w).add(b)),
  block: layer({ w: tensor.normal([width, width], 0.3), b: tensor.zeros([width]) }, ({ w, b }, x) =>
    x.matMul(w).add(b).tanh(),
  ),
  depth: 3,
  head: layer({ w: tensor.normal([width, 2], 0.3) }, ({ w }, x) => x.matMul(w)),
  loss: classification,
}
const net = network(parts)

/** Points of the plane, and whether their coordinates have one sign. */
const inputs = Array.from({ length: 40 }, (_, i) => [((i * 7) % 20) / 10 - 0.95, ((i * 11) % 19) / 10 - 0.95])
const targets = inputs.map(([x = 0, y = 0]) => (x * y > 0 ? 1 : 0))
const data = { inputs, targets }
const options = { data, batch: 8, steps: 6, rate: 1e-2 }

const folder = await mkdtemp(join(tmpdir(), "bijou-front-"))
afterAll(() => rm(folder, { recursive: true }))

/** The parameters as numbers. */
const numbersOf = async (trained: { readonly params: unknown }): Promise<ReadonlyArray<number>> => {
  const leaves = net.bijection.params.leaves(trained.params as Parameters<typeof net.bijection.params.leaves>[0]) // of the same layers
  const values = await Promise.all(leaves.map(([, leaf]) => (leaf as tf.Tensor).data())) // parameters are tensors
  return values.flatMap((array) => [...array])
}

const message = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error("Nothing was thrown.")
}

// -------------------------------------------------------------- training

it("learns, and frees all that it made, in every family", async () => {
  const before = tf.memory().numTensors
  const steps = { ...options, steps: 120, rate: 2e-2 }
  const all = [
    net,
    network({ ...parts, family: coupling() }),
    network({ ...parts, family: midpoint() }),
    network({ ...parts, family: leapfrog() }),
    network({ ...parts, family: momentum([9, 10]) }),
    network({ ...parts, family: bdia({ gamma: [3, 5] }) }),
    network({ ...parts, family: plain() }),
  ] as unknown as ReadonlyArray<typeof net> // they differ in their sides
  for (const member of all) {
    const trained = await train(member, steps)
    const found = await evaluate(trained, data)
    expect(found.loss).toBeLessThan(0.4)
    expect(found.accuracy).toBeGreaterThan(0.8)
    const y = await predict(trained, [[0.5, 0.5]])
    expect(y.shape).toEqual([1, 2])
    y.dispose()
    trained.dispose()
    expect(tf.memory().numTensors).toBe(before)
  }
})

it("has the same parameters in every family", () => {
  const pathsOf = (all: { readonly params: { readonly init: (key: Key) => unknown } }) => {
    const params = all.params.init(Key.fromSeed(1))
    const paths = tf.tidy(() => JSON.stringify(params, (_, x: unknown) => (x instanceof tf.Tensor ? x.shape : x)))
    tf.dispose(params as tf.TensorContainer)
    return paths
  }
  const wanted = pathsOf(net.bijection)
  expect(pathsOf(network({ ...parts, family: coupling() }).bijection)).toBe(wanted)
  expect(pathsOf(network({ ...parts, family: momentum([1, 2]) }).bijection)).toBe(wanted)
  expect(pathsOf(network({ ...parts, family: plain() }).bijection)).toBe(wanted)
})

it("has the same bits twice, and others for another seed", async () => {
  const runs = []
  for (const seed of [1, 1, 2]) {
    const trained = await train(net, { ...options, seed })
    runs.push(await numbersOf(trained))
    trained.dispose()
  }
  expect(runs[1]).toEqual(runs[0])
  expect(runs[2]).not.toEqual(runs[0])
})

it("takes the same steps from arrays, typed arrays and tensors", async () => {
  const tensors = { inputs: tf.tensor2d(inputs as number[][]), targets: tf.tensor1d(targets, "int32") }
  const first = await train(net, options)
  const second = await train(net, { ...options, data: tensors })
  const third = await train(net, { ...options, data: { inputs, targets: Int32Array.from(targets) } })
  expect(await numbersOf(second)).toEqual(await numbersOf(first))
  expect(await numbersOf(third)).toEqual(await numbersOf(first))
  expect(tensors.inputs.isDisposed).toBe(false)
  for (const trained of [first, second, third]) trained.dispose()
  tf.dispose(tensors)
})

it("takes batches from arrays, generators and functions of sample ids, and ends with the data", async () => {
  const before = tf.memory().numTensors
  const batchAt = (i: number) => ({ inputs: inputs.slice(8 * i, 8 * i + 8), targets: targets.slice(8 * i, 8 * i + 8) })
  const array = [0, 1, 2].map(batchAt)
  const generator = async function* () {
    for (const i of [0, 1, 2]) {
      const { inputs, targets } = batchAt(i)
      yield { inputs: tf.tensor2d(inputs as number[][]), targets: tf.tensor1d(targets, "int32") }
    }
  }
  const ids: number[] = []
  const ofIds = (samples: ReadonlyArray<number>) => {
    ids.push(...samples)
    return batchAt((samples[0] ?? 0) / 8)
  }
  const first = await train(net, { data: array, rate: 1e-2 })
  const second = await train(net, { data: generator(), rate: 1e-2 })
  const third = await train(net, { data: ofIds, rate: 1e-2, batch: 8, steps: 3 })
  expect([first.steps, second.steps, third.steps]).toEqual([3, 3, 3])
  expect(ids).toEqual(Array.from({ length: 24 }, (_, i) => i))
  expect(await numbersOf(second)).toEqual(await numbersOf(first))
  expect(await numbersOf(third)).toEqual(await numbersOf(first))
  const again = await train(net, { data: array, rate: 1e-2, steps: 7 })
  expect(again.steps).toBe(7)
  for (const trained of [first, second, third, again]) trained.dispose()
  expect(tf.memory().numTensors).toBe(before)
})

it("keeps the tensors of an array of batches", async () => {
  const batch = { inputs: tf.tensor2d(inputs as number[][]), targets: tf.tensor1d(targets, "int32") }
  const trained = await train(net, { data: [batch], rate: 1e-2, steps: 3 })
  expect([batch.inputs.isDisposed, batch.targets.isDisposed]).toEqual([false, false])
  trained.dispose()
  tf.dispose(batch)
})

it("takes every sample once an epoch, in another order each", async () => {
  const seen: number[] = []
  const embed = layer({ w: tensor.normal([1, width], 1) }, ({ w }, x) => {
    if (tf.getBackend() === "wasm") seen.push(...x.dataSync())
    return x.matMul(w)
  })
  const ordered = network({ ...parts, embed, family: plain() })
  const rows = Array.from({ length: 10 }, (_, i) => [i + 1])
  const given = { inputs: rows, targets: rows.map(() => 0) }
  const trained = await train(ordered, { data: given, batch: 5, epochs: 2, rate: 1e-3 })
  expect(trained.steps).toBe(4)
  const epochs = [seen.slice(0, 10), seen.slice(10, 20)]
  for (const epoch of epochs) expect([...epoch].sort((x, y) => x - y)).toEqual(rows.flat())
  expect(epochs[0]).not.toEqual(epochs[1])
  trained.dispose()
})

it("reports every step with all settings, and evaluates when asked", async () => {
  const reports: Array<Report<"accuracy">> = []
  const trained = await train(net, {
    ...options,
    steps: 5,
    evaluate: { data, every: 2 },
    report: (report) => void reports.push(report),
  })
  expect(reports.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5])
  expect(reports.map(({ evaluation }) => evaluation !== null)).toEqual([false, true, false, true, true])
  expect(reports[0]?.settings).toContain("BDIA, gamma 1/2, depth 3, 9 fraction bits; batch 8, seed 0; AdamW")
  expect(trained.evaluation).toEqual(reports.at(-1)?.evaluation)
  expect(reports.at(-1)?.loss).toBe(trained.loss)
  trained.dispose()
})

it("ends after the step in which it is aborted", async () => {
  const controller = new AbortController()
  const trained = await train(net, {
    ...options,
    signal: controller.signal,
    report: ({ step }) => void (step === 2 && controller.abort()),
  })
  expect(trained.steps).toBe(2)
  trained.dispose()
})

it("yields step by step, and may be left at any step", async () => {
  const before = tf.memory().numTensors
  let last
  for await (const trained of trainingSteps(net, options)) {
    last = trained
    if (trained.steps === 3) break
  }
  const three = await train(net, { ...options, steps: 3 })
  expect(last && (await numbersOf(last))).toEqual(await numbersOf(three))
  last?.dispose()
  three.dispose()
  expect(tf.memory().numTensors).toBe(before)
})

it("has the gradient of the whole batch from micro-batches", async () => {
  const whole = await train(net, { ...options, steps: 1, rate: 1e-3 })
  const parts = await train(net, { ...options, steps: 1, rate: 1e-3, microBatch: 4 })
  const [x, y] = [await numbersOf(whole), await numbersOf(parts)]
  expect(Math.max(...x.map((value, i) => Math.abs(value - (y[i] ?? NaN))))).toBeLessThan(1e-4)
  whole.dispose()
  parts.dispose()
})

it("trains within a budget of memory with the same bits", async () => {
  const free = await train(net, options)
  const bound = await train(net, { ...options, budget: "1 MB" })
  expect(await numbersOf(bound)).toEqual(await numbersOf(free))
  expect(bound.run.fit?.budget).toBe(2 ** 20)
  free.dispose()
  bound.dispose()
  expect(await message(() => train(net, { ...options, budget: 100 }))).toContain("budget")
})

it("weighs the terms of a loss over the whole batch and all data", async () => {
  const weighted = network({
    ...parts,
    loss: loss({
      terms: (y, t) => y.sub(t).square().mean(-1),
      weights: (t) => t.slice([0, 0], [-1, 1]).reshape([-1]),
      metrics: { first: (y) => y.slice([0, 0], [-1, 1]).reshape([-1]) },
    }),
  })
  const values = { inputs: inputs.slice(0, 3), targets: [[1, 0], [0, 0], [3, 1]] } // prettier-ignore
  const trained = await train(weighted, { data: values, batch: 3, steps: 1, rate: 1e-9 })
  const y = await predict(trained, values.inputs)
  const rows = (await y.array()) as unknown as ReadonlyArray<readonly [number, number]>
  y.dispose() // of rank 2
  const term = (i: number) => {
    const [[a, b], [s = 0, t = 0]] = [rows[i] ?? [NaN, NaN], values.targets[i] ?? []]
    return ((a - s) ** 2 + (b - t) ** 2) / 2
  }
  const wanted = { loss: (term(0) + 3 * term(2)) / 4, first: ((rows[0]?.[0] ?? NaN) + 3 * (rows[2]?.[0] ?? NaN)) / 4 }
  for (const batch of [1, 2, 3]) {
    const found = await evaluate(trained, values, { batch })
    expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-5)
    expect(Math.abs(found.first - wanted.first)).toBeLessThan(1e-5)
  }
  trained.dispose()
})

it("evaluates many classes in chunks, to the loss that it trains on", async () => {
  const many = network({ ...parts, head: classifier(width, 40_000) })
  const given = { inputs: inputs.slice(0, 4), targets: [0, 39_999, 7, 20_000] }
  const trained = await train(many, { data: given, batch: 4, steps: 1, rate: 1e-9 })
  const { loss, accuracy } = await evaluate(trained, given)
  expect(Math.abs(loss - Math.log(40_000))).toBeLessThan(0.1)
  expect(accuracy).toBe(0)
  trained.dispose()
})

it("stays flat over a hundred trainings", async () => {
  const before = tf.memory()
  for (let i = 0; i < 100; i++) {
    using trained = await train(net, { ...options, steps: 1 })
    expect(trained.steps).toBe(1)
  }
  const after = tf.memory()
  expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes])
})

// --------------------------------------------------------------- files

it("goes on from a file to the bits of a run that never stopped", async () => {
  const path = join(folder, "run.safetensors")
  const half = await train(net, { ...options, steps: 3 })
  await save(half, path)
  const loaded = await load(net, path)
  expect(loaded.steps).toBe(3)
  const resumed = await train(net, { ...options, from: loaded })
  const whole = await train(net, options)
  expect(await numbersOf(resumed)).toEqual(await numbersOf(whole))
  expect(await numbersOf(loaded)).toEqual(await numbersOf(half))
  for (const trained of [half, loaded, resumed, whole]) trained.dispose()
})

it("loads from a path, a file: URL, bytes and a File", async () => {
  const trained = await train(net, options)
  const path = join(folder, "places with spaces.safetensors")
  await save(trained, pathToFileURL(path))
  const bytes = await save(trained)
  expect(Buffer.from(bytes).equals(await readFile(path))).toBe(true)
  const wanted = await numbersOf(trained)
  for (const place of [path, pathToFileURL(path), bytes, new Blob([bytes])]) {
    const loaded = await load(net, place)
    expect(await numbersOf(loaded)).toEqual(wanted)
    loaded.dispose()
  }
  trained.dispose()
})

it("writes to a stream", async () => {
  const trained = await train(net, options)
  const parts: Uint8Array[] = []
  await save(trained, new WritableStream<Uint8Array>({ write: (part) => void parts.push(part.slice()) }))
  expect(Buffer.concat(parts).equals(Buffer.from(await save(trained)))).toBe(true)
  trained.dispose()
})

it("reads parameters alone, as PyTorch's safetensors writes them", async () => {
  const trained = await train(net, options)
  const bytes = await save(trained, undefined, { contents: "parameters" })
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown> // of a file that save wrote
  expect(Object.keys(header).slice(1)).toEqual([
    "embed.w",
    "embed.b",
    "blocks.0.w",
    "blocks.0.b",
    "blocks.1.w",
    "blocks.1.b",
    "blocks.2.w",
    "blocks.2.b",
    "head.w",
  ])
  const loaded = await load(net, bytes)
  expect(loaded.steps).toBe(0)
  expect(await numbersOf(loaded)).toEqual(await numbersOf(trained))
  trained.dispose()
  loaded.dispose()
})

it("loads a GPT from its file alone", async () => {
  const config = { vocabulary: 8, context: 4, width: 4, heads: 2, depth: 2, fractionBits: 9, dropout: 0 }
  const ids = [[0, 1, 2, 3], [4, 5, 6, 7]] // prettier-ignore
  const tokens = tf.tensor2d(ids, [2, 4], "int32")
  const trained = await train(gpt(config), { data: [{ inputs: tokens, targets: ids }], rate: 1e-2, steps: 2 })
  const loaded = await load(await save(trained))
  const [x, y] = [await predict(trained, tokens), await predict(loaded, tokens)]
  expect(await y.data()).toEqual(await x.data())
  expect(loaded.network.definition).toEqual(config)
  tf.dispose([tokens, x, y])
  trained.dispose()
  loaded.dispose()
})

it("refuses a file of another network, no file, and none at all", async () => {
  const trained = await train(net, options)
  const bytes = await save(trained)
  trained.dispose()
  expect(await message(() => load(network({ ...parts, fractionBits: 8 }), bytes))).toBe(
    "The file has a network of 9 fraction bits, but the given one has 8. Define it with fractionBits: 9.",
  )
  expect(await message(() => load(network({ ...parts, depth: 2 }), bytes))).toContain('"blocks.2.w"')
  expect(await message(() => load(network({ ...parts, depth: 4 }), bytes))).toContain('"blocks.3.w" is missing')
  expect(await message(() => load(bytes))).toContain("The file does not define its network")
  const nowhere = join(folder, "nowhere.safetensors")
  expect(await message(() => load(net, nowhere))).toBe(`${nowhere} cannot be read: there is no such file.`)
  expect(await message(() => load(net, folder))).toBe(`${folder} cannot be read: it is a folder.`)
  await writeFile(join(folder, "text"), "no tensors")
  expect(await message(() => load(net, join(folder, "text")))).toContain("10 bytes")
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  expect(await message(() => load(net, bytes))).toContain("SHA-256")
})

// ------------------------------------------------------------- refusals

it("names a block that changes its shape, and data that do not fit, before the first step", async () => {
  const narrow = layer({ w: tensor.normal([width, 4], 1) }, ({ w }, x) => x.matMul(w))
  expect(await message(() => train(network({ ...parts, block: narrow }), options))).toBe(
    "The block maps activations of shape [8, 8] to [8, 4]. A residual keeps the shape of its input.",
  )
  expect(
    await message(() => train(net, { ...options, data: { inputs: inputs.map(() => [1, 2, 3]), targets } })),
  ).toMatch(/^The layer at embed failed: /)
  const wide = layer({ w: tensor.normal([3, 2], 1) }, ({ w }, x) => x.matMul(w))
  expect(await message(() => train(network({ ...parts, head: wide }), options))).toMatch(/^The layer at head failed: /)
  const squared = network({ ...parts, loss: regression })
  expect(await message(() => train(squared, options))).toContain("The targets have shape [8], and the outputs [8, 2]")
  expect(await message(() => train(network({ ...parts, loss: loss((y) => y.mean()) }), options))).toContain(
    "The terms of a loss have shape [batch] or [batch, time]",
  )
})

it("names what is wrong with data", async () => {
  const refusal = (given: unknown) => message(() => train(net, { ...options, data: given as typeof data }))
  expect(await refusal({ inputs, targets: targets.slice(1) })).toContain("there are 40 and 39")
  expect(await refusal({ inputs, targets: targets.map(() => 0.5) })).toBe(
    "targets are integers, such as class ids, but the number 0.5 is at place 0.",
  )
  expect(await refusal({ inputs: [[1, NaN]], targets: [0] })).toContain("inputs have NaN in sample 0")
  expect(await refusal({ inputs: [[1, 2], [3]], targets: [0, 1] })).toContain("rows are of one length")
  expect(await refusal({ inputs: [], targets: [] })).toBe("The data have no sample. Give at least one.")
  expect(await refusal({ inputs })).toBe("The data have no field targets. Give { inputs, targets }.")
  expect(await refusal("images")).toContain('not "images"')
  expect(await message(() => train(net, { data: [], rate: 1 }))).toContain("The data have no sample")
})

it("names what is wrong with options", async () => {
  const refusal = (given: object) => message(() => train(net, { ...options, ...given }))
  expect(await refusal({ learningRate: 1 })).toContain(
    'train has no option "learningRate"; its options are data, batch',
  )
  expect(await refusal({ steps: undefined })).toBe("train needs steps or epochs: how long to train. Give one of them.")
  expect(await refusal({ epochs: 1 })).toBe("train takes steps or epochs, not both. Leave one out.")
  expect(await refusal({ rate: -1 })).toBe("rate must be a number above 0, not -1.")
  expect(await refusal({ batch: 0 })).toBe("batch must be an integer of at least 1, not 0.")
  expect(await refusal({ microBatch: 3 })).toBe("microBatch must be an integer that divides the batch of 8, not 3.")
  expect(await refusal({ optimizer: { beta1: 2 } })).toContain("beta1")
  const from = await train(net, options)
  expect(await refusal({ from })).toBe(
    "steps counts all steps, and from has taken 6, so 6 leaves none. Give more than 6.",
  )
  from.dispose()
  expect(await refusal({ seed: 0.5 })).toContain("seed must be a non-negative integer")
})

it("names what is wrong with a network", async () => {
  const refusal = (given: object) => message(() => network({ ...parts, ...given }))
  expect(await refusal({ famliy: bdia() })).toContain('network has no option "famliy"')
  expect(await refusal({ loss: undefined })).toContain("The loss of a network must be one such as classification")
  expect(await refusal({ block: () => 0 })).toContain("The part block of a network must be a layer, not a function.")
  expect(await refusal({ family: "bdia" })).toContain("The family of a network must be one such as bdia()")
  expect(await refusal({ depth: 0 })).toContain("0")
  expect(await message(() => bdia({ gamma: [1, 2] }))).toContain("Leave the option out")
})

it("keeps the network of a run whose step is refused", async () => {
  const before = tf.memory().numTensors
  const wild = layer({ w: tensor.normal([width, width], 0.1) }, ({ w }, x) => x.matMul(w))
  const exploding = network({ ...parts, block: wild, depth: 12 })
  const error: unknown = await train(exploding, { ...options, steps: 500, rate: 5 }).catch((cause: unknown) => cause)
  if (!(error instanceof TrainingStopped)) throw new Error(`Training ended in ${String(error)}.`)
  expect(error.message).toContain(`has the network after step ${error.trained.steps}.`)
  ;(error.trained as { readonly dispose: () => void }).dispose()
  expect(tf.memory().numTensors).toBe(before)
})

it("says so where freed parameters are used", async () => {
  const trained = await train(net, options)
  trained.dispose()
  trained.dispose()
  expect(await message(() => evaluate(trained, data))).toContain("The parameters of step 6 are freed")
})

it("frees whatever a refusal has made", async () => {
  const trained = await train(net, options)
  const before = tf.memory().numTensors
  const rows = (count: number) => tf.zeros([count, 2])
  const refused = async (act: () => unknown, left = 0) => {
    const text = await message(act)
    expect(tf.memory().numTensors - before, text).toBe(left)
    return text
  }
  const mine = rows(4)
  await refused(() => train(net, { ...options, data: () => ({ inputs: rows(8), targets: [0] }) }), 1)
  await refused(() => train(net, { ...options, data: () => ({ inputs: rows(8), targets: [0.5] }) }), 1)
  await refused(() => train(net, { data: [{ inputs: mine, targets: [0] }], rate: 1 }), 1)
  await refused(() => evaluate(trained, { inputs: [[1, 2]], targets: [2] }), 1)
  await refused(() => evaluate(trained, { inputs: [[1, 2]], targets: [[0, 1]] }), 1)
  const infinite = { inputs: [[Infinity, 1], [1, 1], [1, 1], [1, 1]], targets: [0, 0, 0, 0] } // prettier-ignore
  expect(await refused(() => train(net, { data: infinite, batch: 4, microBatch: 1, steps: 1, rate: 1 }), 1)).toContain(
    "|x|",
  )
  mine.dispose()
  trained.dispose()
})

it("closes a generator that it leaves, and a stream that fails", async () => {
  let closed = 0
  const batches = function* () {
    try {
      for (;;) yield { inputs: [[1, 2]], targets: [5] }
    } finally {
      closed++
    }
  }
  await message(() => train(net, { data: batches(), rate: 1, steps: 1 }))
  const trained = await train(net, options)
  await message(() => evaluate(trained, batches()))
  expect(closed).toBe(2)
  const failing = new WritableStream<Uint8Array>({
    write: () => {
      throw new Error("full")
    },
  })
  expect(await message(() => save(trained, failing))).toBe("full")
  expect(failing.locked).toBe(false)
  trained.dispose()
})

it("goes on from a network with its own seed and optimizer", async () => {
  const whole = await train(net, { ...options, seed: 7, optimizer: { weightDecay: 0 } })
  const half = await train(net, { ...options, seed: 7, optimizer: { weightDecay: 0 }, steps: 3 })
  const resumed = await train(net, { ...options, from: half })
  expect(await numbersOf(resumed)).toEqual(await numbersOf(whole))
  for (const trained of [whole, half, resumed]) trained.dispose()
})

it("names values that are no data, places that are no files and ratios that are none", async () => {
  const trained = await train(net, options)
  expect(
    await message(() => train(net, { ...options, data: { inputs: inputs.map(() => "a"), targets } as never })),
  ).toBe('inputs must be an array of numbers or a tensor, not "a".')
  expect(await message(() => evaluate(trained, null as never))).toContain("data must be { inputs, targets }")
  expect(await message(() => evaluate(trained, data, { bach: 1 } as never))).toContain('no option "bach"')
  expect(await message(() => train(net, { ...options, rate: null as never }))).toContain(
    "rate must be a number above 0",
  )
  expect(await message(() => train(net, { ...options, evaluate: { data, every: 0 } }))).toContain("at least 1, not 0")
  expect(await message(() => save(trained, 5 as never))).toContain("save takes a path")
  expect(await message(() => save(trained, undefined, { contents: "params" as never }))).toContain('not "params"')
  expect(await message(() => momentum(undefined as never))).toContain("momentum takes a ratio")
  const asRows = await train(net, {
    ...options,
    data: { inputs: inputs.map((row) => Float32Array.from(row)), targets },
  })
  expect(await numbersOf(asRows)).toEqual(await numbersOf(trained))
  trained.dispose()
  asRows.dispose()
})

it("writes through a link, and to no device", async () => {
  const trained = await train(net, options)
  const [file, link] = [join(folder, "real"), join(folder, "link")]
  await writeFile(file, "")
  await symlink(file, link)
  await save(trained, link)
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  const loaded = await load(net, file)
  expect(await numbersOf(loaded)).toEqual(await numbersOf(trained))
  const pipe = join(folder, "pipe")
  execFileSync("mkfifo", [pipe])
  expect(await message(() => save(trained, pipe))).toBe(
    `${pipe} cannot be written: it is a device, a pipe or a socket, not a regular file.`,
  )
  expect((await lstat(pipe)).isFIFO()).toBe(true)
  trained.dispose()
  loaded.dispose()
})
