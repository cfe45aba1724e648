/**
 * The script of the browser test's page: laws of tensors on a backend, with the kernels that ran, and a training run
 * next to a timer.
 */
import { Key } from "bijou"
import { judgeAll } from "bijou/laws"
import { catalogue } from "bijou/laws/tensor"
import { AdamW, gpt, training } from "bijou/net"
import { tf, useBackend, type BackendName } from "bijou/tensor"

// ---------------------------------------------------------------- model

/** The results, as JSON. */
export interface PageReport {
  readonly backend: string
  readonly laws: number
  /** The laws that do not hold, with the entry and the outcome. */
  readonly broken: ReadonlyArray<string>
  readonly kernels: ReadonlyArray<string>
}

// --------------------------------------------------------- constructors

/** Runs the laws of the catalogue's entries with these names. */
const tryLaws = async (backend: BackendName, names: ReadonlyArray<string>): Promise<PageReport> => {
  await useBackend(backend)
  const kernels = new Set<string>()
  // Private in tfjs.
  const engine = tf.engine() as unknown as { runKernelFunc: (call: { readonly kernelName?: string }) => unknown }
  const plain = engine.runKernelFunc
  engine.runKernelFunc = (call) => {
    if (call.kernelName !== undefined) kernels.add(call.kernelName)
    return plain.call(engine, call)
  }
  const broken: string[] = []
  let laws = 0
  for (const { name, set } of catalogue().filter((entry) => names.includes(entry.name)))
    for (const law of (await judgeAll(await set(), { runs: 1, seconds: 600 })).laws) {
      laws++
      if (law.verdict._tag !== "Holds") broken.push(`${name}: ${law.name}: ${JSON.stringify(law.verdict)}`)
    }
  engine.runKernelFunc = plain
  return { backend: tf.getBackend(), laws, broken, kernels: [...kernels] }
}

/** How often a timer of 5 ms ticks during this many steps. */
const ticksWhileTraining = async (backend: BackendName, steps: number): Promise<number> => {
  await useBackend(backend)
  const { bijection: network } = gpt({
    vocabulary: 7,
    context: 4,
    width: 4,
    heads: 2,
    depth: 3,
    fractionBits: 9,
    dropout: 0,
  })
  const params = network.params.init(Key.fromSeed(1))
  const plan = {
    optimizer: AdamW.config,
    schedule: { peak: 1e-3, floor: 1e-3, warmup: 0, steps },
    ...{ batch: 2, seed: 1 },
    data: () => [tf.ones([2, 4], "int32"), tf.ones([2, 4], "int32")] as const,
  }
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  for await (const { steps: taken } of training(network, plan, { params, state: AdamW.init(network.params, params) }))
    if (taken === steps) break
  clearInterval(timer)
  return ticks
}

Object.assign(globalThis, { tryLaws, ticksWhileTraining })
