/**
 * Gradients that are not finite are refused, and those whose squares overflow are clipped. Invalid settings are
 * refused.
 */
import { GradientNotFinite, Key, type Params } from "bijou"
import { tensorEnv, tensorScope, useBackend, useKernels } from "bijou/tensor"
import { AdamW, descent, microBatched, training, trainStep, type Gradients } from "bijou/net"
import { startWorkers } from "bijou/workers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { objective } from "../support/builtWorkers.ts"
import { large, roots } from "../support/objectives/roots.ts"
import { begin, checkGradients, course, input, schedule, thrownBy } from "./refusedGradients.ts"
import { alive, left, onBackends } from "../support/specimens.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

onBackends("A gradient", checkGradients)

describe("A gradient on wasm without custom kernels", () => {
  beforeAll(async () => {
    await useBackend("wasm")
    useKernels("composed")
  })
  afterAll(() => useKernels("own"))

  checkGradients()
})

describe.skipIf(device === null)(`A gradient on webgpu${device === null ? ` (${whySkipped})` : ""}`, () => {
  beforeAll(() => useBackend("webgpu"))

  checkGradients()
})

describe("A gradient by workers", () => {
  beforeAll(async () => {
    useKernels("own")
    await useBackend("wasm")
  })

  it.each([
    ["roots", roots],
    ["large", large],
  ] as const)("that is not finite is refused as by one thread: %s", async (name, known) => {
    const how = { size: 2, seed: 1 }
    const network: { readonly params: Params<object> } = known.network as never // either
    const workers = await startWorkers(network.params, {
      ...{ module: objective("roots"), export: name, count: 2, ...how },
    })
    try {
      const params = network.params.init(Key.fromSeed(1))
      const before = alive()
      const refused = async (gradients: Gradients<object>) =>
        left(await gradients.at({ params, step: 5, samples: [0, 1, 2, 3] })())
      const alone = await refused(microBatched(known as never, how))
      const together = await refused(workers)
      expect(together).toBeInstanceOf(GradientNotFinite)
      expect({ ...together, message: together.message }).toEqual({ ...alone, message: alone.message })
      expect(alive()).toEqual(before)
      const state = AdamW.init(network.params, params)
      expect(await thrownBy(descent(workers, course, { params, state }))).toMatchObject({ _tag: "GradientNotFinite" })
    } finally {
      await workers.stop()
    }
  })
})

describe("Invalid settings", () => {
  beforeAll(() => useBackend("cpu"))

  const { network, data } = roots

  it.each<readonly [Partial<typeof AdamW.config>, string]>([
    [{ clip: 0 }, "clip must be a number from 2^-63 to 2^63 (1e9 never clips), not 0."],
    ...[-1, NaN, Infinity, 1e19].map((clip) => [{ clip }, `never clips), not ${clip}.`] as const),
    ...[1, -0.1, NaN].map(
      (beta1) => [{ beta1 }, `beta1 must be a number of at least 0 and below 1, not ${beta1}.`] as const,
    ),
    [{ beta2: 1 }, "beta2 must be a number of at least 0 and below 1, not 1."],
    [{ epsilon: 0 }, "epsilon must be a number of at least 2^-126, not 0."],
    [{ weightDecay: -1 }, "weightDecay must be a number of at least 0, not -1."],
    [{ weightDecay: Infinity }, "weightDecay must be a number of at least 0, not Infinity."],
  ])("are refused: %j", async (other, sentence) => {
    const optimizer = { ...AdamW.config, ...other }
    const from = begin(network.params)
    const step = () => trainStep(network, from, input(), tensorEnv({ params: from.params, seed: 1 }), 0.1, optimizer)
    expect(step).toThrow(RangeError)
    expect(step).toThrow(sentence)
    const error = await thrownBy(training(network, { ...course, optimizer, seed: 1, data }, from))
    expect((error as Error).message).toContain(sentence)
    tensorScope.release(from)
  })

  it.each([
    [{ peak: NaN }, "peak must be a number of at least 0, not NaN."],
    [{ floor: -1 }, "floor must be a number of at least 0, not -1."],
    [{ warmup: Infinity }, "warmup must be a number of steps of at least 0, not Infinity."],
    [{ steps: NaN }, "steps must be an integer or Infinity, not NaN."],
    [{ steps: 2.5 }, "steps must be an integer or Infinity, not 2.5."],
  ])("are refused in a schedule: %j", async (other, sentence) => {
    const from = begin(network.params)
    const error = await thrownBy(
      training(network, { ...course, schedule: { ...schedule, ...other }, seed: 1, data }, from),
    )
    expect(error).toBeInstanceOf(RangeError)
    expect((error as Error).message).toBe(sentence)
    tensorScope.release(from)
  })

  it("are refused for one step: a rate, and a norm that is not finite", () => {
    const from = begin(network.params)
    const env = tensorEnv({ params: from.params, seed: 1 })
    for (const rate of [NaN, -1, Infinity])
      expect(() => trainStep(network, from, input(), env, rate, AdamW.config)).toThrow(
        `The learning rate must be a number of at least 0, not ${rate}.`,
      )
    for (const norm of [NaN, Infinity])
      expect(() =>
        AdamW.update(AdamW.config, network.params, { ...from, grads: from.params, norm, learningRate: 0.1 }),
      ).toThrow(`The norm of the gradients must be a number of at least 0, not ${norm}.`)
    tensorScope.release(from)
  })
})
