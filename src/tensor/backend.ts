/**
 * Choosing what tensors run on.
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

/** The backends: `wasm` (SIMD, the default) and `cpu` (plain JavaScript) come with the packages, the others are loaded first: `webgpu` (a GPU) by itself in browsers. */
export const backends = ["wasm", "cpu", "webgpu", "tensorflow"] as const

export type BackendName = (typeof backends)[number]

/** How a backend starts. */
export interface BackendChoice {
  /** Where a page finds the `.wasm` files of the backend wasm (default: beside its script). Counts at the backend's first start. */
  readonly paths?: WasmPaths
}

/** What has to be loaded or found before TensorFlow.js can start a backend; those of `tf.ts` are there. */
const loaders: Partial<Record<BackendName, (choice: BackendChoice) => Promise<void>>> = {
  wasm: ({ paths }) => locateWasm(paths),
  webgpu: loadWebgpu,
}

/** How those are loaded that cannot be from here. */
const loading: Partial<Record<BackendName, string>> = {
  tensorflow: "Call useTensorflow() of bijou/native first, in Node; npx bijou setup tensorflow sets it up",
}

// ----------------------------------------------------------- combinators

/**
 * Makes `name` the backend of all tensors and registers our kernels. Rejects with `BackendUnavailable` where it cannot start,
 * and throws `RangeError` for a name that is none.
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
  // Its first use prints an advertisement for another package, in the middle of whatever the program is showing.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  if (!(await tf.setBackend(name)))
    throw new BackendUnavailable(
      `The backend ${name} could not start; the console says why. Use another of ${backends.join(", ")}.`,
    )
  await tf.ready()
  if (name === "wasm") limitHeap(asWasm(tf.backend()))
  if (name !== "webgpu") return
  watchDevice()
  describeBackend(name, { library: await webgpuAdapter(), threads: null })
}
