/**
 * Checkpoints: training that goes on from bytes has the bits of training that never stopped, and what is no checkpoint is refused in a sentence.
 */
import fc from "fast-check"
import { either as E } from "fp-ts"
import { GptConfig } from "bijou/net"
import { tensorScope, tf } from "bijou/tensor"
import { AdamW, Checkpoint, descent, microBatched, Text, type Run, type Trained } from "bijou/train"
import { describe, expect, it } from "vitest"
import { decode, encode } from "../src/train/Safetensors.ts"
import { digest, left, lively, onBackends, right, tinyGpt } from "./specimens.ts"

const text = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)

onBackends("A checkpoint", (backend) => {
  const { network, config } = tinyGpt({ depth: 2 })
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
  const saved = async (trained: Trained<P>, run = runAt(4)) => Checkpoint.toBytes(network.params)({ run, trained })()

  it("goes on to the same bits, with its run", async () => {
    const whole = await trainTo(start(), 0, 10)
    const half = await trainTo(start(), 0, 4)
    const bytes = await saved(half)
    const { run, trained } = right(Checkpoint.fromBytes(network.params, bytes))
    expect(run).toEqual(runAt(4))
    expect(right(Checkpoint.runOf(bytes))).toEqual(runAt(4))
    expect(right(GptConfig.decode(run.network))).toEqual(config)
    expect(digests(trained)).toEqual(digests(half))
    expect(digests(await trainTo(trained, run.steps, 10))).toEqual(digests(whole))
  })

  it("leaves no tensor behind, whether it fits or not", async () => {
    const trained = start()
    const bytes = await saved(trained)
    tensorScope.release(trained)
    const before = tf.memory().numTensors
    const back = right(Checkpoint.fromBytes(network.params, bytes))
    tensorScope.release(back.trained)
    const other = tinyGpt({ depth: 3 }).network
    expect(left(Checkpoint.fromBytes(other.params, bytes)).message).toMatch(/blocks\/2\/.* is missing/)
    const wider = tinyGpt({ depth: 2, width: 8 }).network
    expect(left(Checkpoint.fromBytes(wider.params, bytes)).message).toMatch(
      /^embed\/\S+ is \[\d+, 4\] in the checkpoint, and \[\d+, 8\] in the network\. Use the network of that run\.$/,
    )
    const shallower = tinyGpt({ depth: 1 }).network
    expect(left(Checkpoint.fromBytes(shallower.params, bytes)).message).toMatch(
      /has blocks\/1\/.*, and the network has not/,
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  if (backend === "cpu")
    it.each<[string, (run: Record<string, unknown>) => unknown, string]>([
      ["steps", (run) => ({ ...run, steps: null }), "the field run.steps of its run is null"],
      ["a step and a half", (run) => ({ ...run, steps: 1.5 }), "the field run.steps of its run is 1.5"],
      [
        "a schedule",
        (run) => ({ ...run, schedule: { peak: 1 } }),
        "the field run.schedule.floor of its run is undefined",
      ],
      ["a plan", (run) => ({ ...run, fit: { budget: "much" } }), "the field run.fit"],
    ])("refuses a run without %s", async (_, damage, reason) => {
      const { arrays, metadata } = right(decode(await saved(start())))
      const stored = JSON.parse(metadata["bijou"] ?? "")
      const bytes = encode({ arrays, metadata: { bijou: JSON.stringify({ ...stored, run: damage(stored.run) }) } })
      expect(left(Checkpoint.runOf(bytes)).message).toContain(`This is no whole checkpoint: ${reason}`)
      expect(E.isLeft(Checkpoint.fromBytes(network.params, bytes))).toBe(true)
    })
})

describe("Bytes of named arrays", () => {
  const array = fc
    .tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.infiniteStream(fc.integer()))
    .map(([shape, words]) => {
      const size = shape.reduce((product, n) => product * n, 1)
      return { shape, values: new Float32Array(Int32Array.from(words.take(size)).buffer) }
    })
  const given = fc.record({
    arrays: fc
      .uniqueArray(
        fc.string().filter((name) => name !== "__metadata__" && name !== "__proto__"),
        { maxLength: 5 },
      )
      .chain((names) => fc.tuple(...names.map((name) => array.map((rest) => ({ name, ...rest }))))),
    metadata: fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.string(),
    ),
  })
  const words = ({ values }: { readonly values: Float32Array }) => [...new Uint32Array(values.slice().buffer)]
  const plain = ({
    arrays,
  }: {
    readonly arrays: ReadonlyArray<Parameters<typeof words>[0] & { readonly name: string }>
  }) => new Map(arrays.map((one) => [one.name, { ...one, values: words(one) }]))

  it("come back with names, shapes, bits and texts, from the middle of other bytes too", () =>
    fc.assert(
      fc.property(given, fc.nat(9), (safetensors, offset) => {
        const bytes = encode(safetensors)
        const around = new Uint8Array(bytes.length + 20)
        around.set(bytes, offset)
        const back = right(decode(around.subarray(offset, offset + bytes.length)))
        expect(plain(back)).toEqual(plain(safetensors))
        expect(back.metadata).toEqual({ ...safetensors.metadata })
        expect(bytes.length % 4).toBe(0)
      }),
    ))

  it("are refused where they are cut off or longer, and never throw", () =>
    fc.assert(
      fc.property(given, fc.nat(), fc.nat(255), (safetensors, place, byte) => {
        const bytes = encode(safetensors)
        expect(E.isLeft(decode(bytes.subarray(0, place % bytes.length)))).toBe(true)
        expect(E.isLeft(decode(Uint8Array.of(...bytes, byte)))).toBe(true)
        const changed = bytes.slice()
        changed[place % bytes.length] = byte
        const decoded = decode(changed)
        if (E.isLeft(decoded))
          expect(decoded.left.message).toMatch(/^This is no whole checkpoint: .*\. Use another copy\.$/s)
      }),
    ))

  const withHeader = (header: unknown, numbers = 8) => {
    const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header))
    const bytes = new Uint8Array(8 + json.length + numbers)
    bytes[0] = json.length
    bytes.set(json, 8)
    return bytes
  }
  const entry = (begin: number, end: number, shape: ReadonlyArray<unknown> = [1], dtype = "F32") => ({
    ...{ dtype, shape, data_offsets: [begin, end] },
  })

  it.each<[unknown, string]>([
    ["{", "its header is not JSON"],
    ["[]", "its header is not JSON"],
    [{ w: { dtype: "F32" } }, "its header does not say of w what it should"],
    [{ w: entry(0, 8, [1], "F64") }, "w is of the type F64, not F32"],
    [{ w: entry(0, 8) }, "w of the shape [1] does not take bytes 0 to 8"],
    [{ w: entry(0, 8, [-1, -2]) }, "w of the shape [-1, -2] does not take bytes 0 to 8"],
    [{ w: entry(0, 4), v: entry(0, 4) }, "the numbers of v begin at byte 0, and those before them end at 4"],
    [{ w: entry(0, 4), v: entry(8, 12) }, "the numbers of v begin at byte 8, and those before them end at 4"],
    [{ w: entry(0, 4) }, "its header speaks of 4 bytes of numbers, and there are 8"],
    [{ __metadata__: { a: 1 }, w: entry(0, 8, [2]) }, "__metadata__ in its header is not made of texts"],
  ])("are refused with the header %j", (header, reason) => {
    expect(left(decode(withHeader(header))).message).toContain(reason)
  })
})
