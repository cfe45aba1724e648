/**
 * What the test of browsers runs in a page: laws of tensors on a backend, with the kernels that ran.
 */
import { judgeAll } from "bijou/laws"
import { catalogue } from "bijou/laws/tensor"
import { tf, useBackend, type BackendName } from "bijou/tensor"

// ---------------------------------------------------------------- model

/** What came of it, as JSON. */
export interface PageReport {
  readonly backend: string
  readonly laws: number
  /** The laws that do not hold, with the entry and what came of them. */
  readonly broken: ReadonlyArray<string>
  readonly kernels: ReadonlyArray<string>
}

// --------------------------------------------------------- constructors

/** Tries the laws of the catalogue's entries of these names. */
const tryLaws = async (backend: BackendName, names: ReadonlyArray<string>): Promise<PageReport> => {
  await useBackend(backend)
  const kernels = new Set<string>()
  const engine = tf.engine() as unknown as { runKernelFunc: (call: { readonly kernelName?: string }) => unknown } // private in tfjs
  const plain = engine.runKernelFunc
  engine.runKernelFunc = (call) => {
    if (call.kernelName !== undefined) kernels.add(call.kernelName)
    return plain.call(engine, call)
  }
  const broken: string[] = []
  let laws = 0
  for (const { name, set } of catalogue().filter((entry) => names.includes(entry.name)))
    for (const law of (await judgeAll(await set(), { runs: 1, seconds: 60 })).laws) {
      laws++
      if (law.verdict._tag !== "Holds") broken.push(`${name}: ${law.name}: ${JSON.stringify(law.verdict)}`)
    }
  engine.runKernelFunc = plain
  return { backend: tf.getBackend(), laws, broken, kernels: [...kernels] }
}

Object.assign(globalThis, { tryLaws })
