/**
 * Selects the backend that tensors run on.
 */
import "./values/buffers.ts"
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { registerKernels } from "./kernels/kernels.ts"
import { asWasm } from "./kernels/wasm/WasmBackend.ts"
import { limitHeap } from "./kernels/wasm/heapLimit.ts"
import { describeBackend } from "./Runtime.ts"
import { tf } from "./tf.ts"
import { locateWasm, type WasmPaths } from "./wasmFiles.ts"
import { loadWebgpu, watchDevice, webgpuAdapter } from "./webgpu.ts"

// ---------------------------------------------------------------- model

/**
 * The backends. `wasm` (SIMD, the default) and `cpu` (plain JavaScript) are part of the installed packages. `webgpu` (a
 * GPU) loads itself in browsers; in Node, `webgpu` and `tensorflow` must be loaded first.
 */
export const backends = ["wasm", "cpu", "webgpu", "tensorflow"] as const

export type BackendName = (typeof backends)[number]

/** Options for starting a backend. */
export interface BackendChoice {
  /**
   * Where a page finds the `.wasm` files of the backend wasm (default: next to its script). It has an effect only when
   * the backend first starts.
   */
  readonly paths?: WasmPaths
}

/**
 * What each backend loads or locates before TensorFlow.js can start it. The backends that `tf.ts` imports need nothing
 * else.
 */
const loaders: Partial<Record<BackendName, (choice: BackendChoice) => Promise<void>>> = {
  wasm: ({ paths }) => locateWasm(paths),
  webgpu: loadWebgpu,
}

/** How the user loads the backends that this module cannot load. */
const loading: Partial<Record<BackendName, string>> = {
  tensorflow: "Call useTensorflow() of bijou/native first, in Node; npx bijou setup tensorflow sets it up",
}

// ----------------------------------------------------------- combinators

/**
 * Makes `name` the backend of all tensors and registers its custom kernels. Rejects with `BackendUnavailable` if the
 * backend cannot start, and with `RangeError` if there is no backend of that name.
 *
 * ```ts no-run
 * import { useBackend } from "bijou/tensor"
 *
 * await useBackend("wasm", { paths: "/wasm/" }) // in a page whose server has TensorFlow.js's .wasm files there
 * ```
 */
export const useBackend = async (name: BackendName, choice: BackendChoice = {}): Promise<void> => {
  if (!backends.includes(name))
    throw new RangeError(`There is no backend ${String(name)}. Use one of ${backends.join(", ")}.`)
  await loaders[name]?.(choice)
  if (tf.findBackendFactory(name) === null)
    throw new BackendUnavailable(`The backend ${name} is not loaded. ${loading[name] ?? "Install it"}.`)
  registerKernels(name)
  // The first use of the cpu backend would print an advertisement for another package into the program's output.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  if (!(await tf.setBackend(name)))
    throw new BackendUnavailable(
      `The backend ${name} could not start; the console says why. Use another of ${backends.join(", ")}.`,
    )
  await tf.ready()
  chosen = name
  if (name === "wasm") limitHeap(asWasm(tf.backend()))
  if (name !== "webgpu") return
  watchDevice()
  describeBackend(name, { library: await webgpuAdapter(), threads: null })
}

/** Throws `BackendUnavailable` unless `useBackend` has chosen the backend in use. */
export const requireBackend = (): void => {
  if (chosen === null)
    throw new BackendUnavailable('No backend is chosen. Call await useBackend("wasm") of bijou/tensor first.')
}

/** The backend that was chosen last. */
let chosen: BackendName | null = null
