/**
 * Choosing what tensors run on.
 */
import "./buffers.ts"
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { registerKernels } from "./kernels/index.ts"
import { tf } from "./tf.ts"
import { loadWebgpu, watchDevice } from "./webgpu.ts"

// ---------------------------------------------------------------- model

/** The backends: `wasm` (SIMD, the default), `cpu` (plain JavaScript), and `webgpu` (a GPU, in browsers and, after `useWebgpu`, in Node). */
export const backends = ["wasm", "cpu", "webgpu"] as const

export type BackendName = (typeof backends)[number]

/** What has to be loaded before TensorFlow.js knows a backend; those of `tf.ts` are there. */
const loaders: Partial<Record<BackendName, () => Promise<void>>> = { webgpu: loadWebgpu }

// ----------------------------------------------------------- combinators

/**
 * Makes `name` the backend of all tensors and registers the kernels of our own. Rejects with `BackendUnavailable` where it cannot start,
 * and throws `RangeError` for a name that is none.
 */
export const useBackend = async (name: BackendName): Promise<void> => {
  if (!backends.includes(name))
    throw new RangeError(`There is no backend ${String(name)}. Use one of ${backends.join(", ")}.`)
  await loaders[name]?.()
  registerKernels(name)
  // Its first use prints an advertisement for another package, in the middle of whatever the program is showing.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  if (!(await tf.setBackend(name)))
    throw new BackendUnavailable(`The backend ${name} could not start. Use one of ${backends.join(", ")}.`)
  await tf.ready()
  if (name === "webgpu") watchDevice()
}
