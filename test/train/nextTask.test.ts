/**
 * Loops that compute let timers, signals and servers run.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Key } from "bijou"
import { tensorScope } from "bijou/tensor"
import { AdamW, descent, generate, measureSpeed, microBatched, validate } from "bijou/net"
import { expect, it } from "vitest"
import { measure } from "../../src/cli/start/measure.ts"
import { tiny } from "../support/objectives/tiny.ts"
import { lazily, onBackends, right, tinyBatch, tinyGpt } from "../support/specimens.ts"

/** How often the event loop turns while `body` runs. */
const turnsDuring = async (body: () => Promise<unknown>): Promise<number> => {
  let turns = 0
  let ended = false
  const turn = (): void => {
    turns++
    if (!ended) setImmediate(turn)
  }
  setImmediate(turn)
  await body()
  ended = true
  return turns
}

onBackends("The event loop turns", () => {
  const { bijection: network, config } = tinyGpt()
  const params = lazily(() => network.params.init(Key.fromSeed(1)))

  it("once per step, and once more for every further micro-batch", async () => {
    const { data } = await tiny({})
    const run = (size: number) => async () => {
      const p = network.params.init(Key.fromSeed(1))
      const schedule = { peak: 1e-3, floor: 1e-3, warmup: 0, steps: 5 }
      const course = { optimizer: AdamW.config, schedule, batch: 4 }
      const gradients = microBatched({ network, data }, { size, seed: 1 })
      for await (const _ of descent(gradients, course, { params: p, state: AdamW.init(network.params, p) }));
    }
    expect(await turnsDuring(run(4))).toBeGreaterThanOrEqual(5)
    expect(await turnsDuring(run(1))).toBeGreaterThanOrEqual(20)
  })

  it("once per validated batch, and once per drawn byte", async () => {
    const batches = Array.from({ length: 6 }, () => tinyBatch())
    expect(await turnsDuring(validate(network, params(), batches))).toBeGreaterThanOrEqual(6)
    tensorScope.release(batches)
    const net = tinyGpt({ vocabulary: 256 })
    const p = net.bijection.params.init(Key.fromSeed(1))
    const prompt = { bytes: Uint8Array.of(1, 2), count: 6, temperature: 1, seed: 1 }
    expect(await turnsDuring(generate(net, p, prompt))).toBeGreaterThanOrEqual(6)
    tensorScope.release(p)
  })

  it("once per measured step", async () => {
    const input = tinyBatch()
    const step = { params: params(), input, seed: 1, samples: [0, 1] }
    expect(
      await turnsDuring(async () => right(await measureSpeed(network, step, () => performance.now())())),
    ).toBeGreaterThanOrEqual(4)
    expect(await turnsDuring(async () => right(await measure(config, input, 2)()))).toBeGreaterThanOrEqual(6)
    tensorScope.release(input)
  })
})

const script = fileURLToPath(new URL("../support/objectives/eventLoop.ts", import.meta.url))

it.each([
  ["setImmediate", []],
  ["a MessageChannel", ["channel"]],
])("While a process trains by %s, its timer ticks, its handler runs, its server answers, and it ends", (_, args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    encoding: "utf8",
  })
  expect(stderr).toBe("")
  const seen = JSON.parse(stdout) as Readonly<Record<string, number>> // of the script
  expect(seen["ticks"]).toBeGreaterThan(2)
  expect(seen).toMatchObject({ signals: 1, answers: 1 })
  expect(seen["steps"]).toBeLessThan(400)
  expect(status).toBe(0)
})
