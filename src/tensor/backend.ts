/**
 * Choosing what tensors run on.
 */
import "./buffers.ts"
import { registerKernels } from "./kernels/index.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The backends that come with the packages: `wasm` (SIMD, the default) and `cpu` (plain JavaScript). */
export const backends = ["wasm", "cpu"] as const

export type BackendName = (typeof backends)[number]

// ----------------------------------------------------------- combinators

/** Makes `name` the backend of all tensors and registers the kernels of our own. Rejects where it cannot start. */
export const useBackend = async (name: BackendName): Promise<void> => {
  if (!backends.includes(name))
    throw new RangeError(`There is no backend ${String(name)}. Use one of ${backends.join(", ")}.`)
  registerKernels()
  // Its first use prints an advertisement for another package, in the middle of whatever the program is showing.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  if (!(await tf.setBackend(name)))
    throw new Error(`The backend ${name} could not start. Use one of ${backends.join(", ")}.`)
  await tf.ready()
}
