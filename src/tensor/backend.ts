/**
 * Choosing what tensors run on.
 */
import "./buffers.ts"
import { registerKernels } from "./kernels/index.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The backends: `wasm` (SIMD, the default) and `cpu` (plain JavaScript) come with the packages, the others are loaded first. */
export const backends = ["wasm", "cpu", "tensorflow"] as const

export type BackendName = (typeof backends)[number]

/** How those that do not come with the packages are loaded. */
const loading: Partial<Record<BackendName, string>> = {
  tensorflow: "Call useTensorflow() of bijou/native first, in Node; npx bijou native --tensorflow sets it up",
}

// ----------------------------------------------------------- combinators

/** Makes `name` the backend of all tensors and registers the kernels of our own. Rejects where it cannot start. */
export const useBackend = async (name: BackendName): Promise<void> => {
  if (!backends.includes(name))
    throw new RangeError(`There is no backend ${String(name)}. Use one of ${backends.join(", ")}.`)
  if (tf.findBackendFactory(name) === null)
    throw new Error(`The backend ${name} is not loaded. ${loading[name] ?? "Install it"}.`)
  registerKernels()
  // Its first use prints an advertisement for another package, in the middle of whatever the program is showing.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  if (!(await tf.setBackend(name)))
    throw new Error(`The backend ${name} could not start. Use one of ${backends.join(", ")}.`)
  await tf.ready()
}
