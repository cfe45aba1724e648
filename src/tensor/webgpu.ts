/**
 * The second door to TensorFlow.js: its WebGPU backend, an optional package that is loaded when it is asked for.
 */
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** What a browser has as `navigator.gpu`, and Node after `useWebgpu` of `bijou/native`. */
interface Gpu {
  readonly requestAdapter: (options: { readonly powerPreference: string }) => Promise<Adapter | null>
}

interface Adapter {
  readonly info?: Readonly<Partial<Record<"vendor" | "architecture" | "device" | "description", string>>>
}

/** What is used of tfjs's backend. */
interface Device {
  readonly device: {
    readonly addEventListener: (
      type: "uncapturederror",
      listener: (event: { readonly error: { readonly message: string } }) => void,
    ) => void
  }
  read: (dataId: object) => Promise<unknown>
}

// --------------------------------------------------------- constructors

/** Loads the backend and fixes what TensorFlow.js would otherwise choose by size, so that the same bits come twice. Rejects with `BackendUnavailable`. */
export const loadWebgpu = async (): Promise<void> => {
  await findAdapter()
  try {
    // Bundlers go on without a package that is not installed only where its import stands in such a block, and not before a `.catch`.
    await import("@tensorflow/tfjs-backend-webgpu")
  } catch (cause) {
    throw new BackendUnavailable(
      "The backend webgpu needs the package @tensorflow/tfjs-backend-webgpu, which cannot be loaded. Run: npm install @tensorflow/tfjs-backend-webgpu",
      { cause },
    )
  }
  // Small tensors that are not on the device yet would be computed in JavaScript, and those are just the states rebuilt from bytes.
  tf.env().set("WEBGPU_CPU_FORWARD", false)
  // The tiled product for all shapes: another one adds parts with atomics, in no fixed order.
  tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", 3)
}

/**
 * From now on a read rejects once the device has refused a program: what a refused program leaves is not what was computed, and WebGPU tells of
 * it only whoever listens. Call it when the backend is the one in use.
 */
export const watchDevice = (): void => {
  const backend = tf.backend() as Partial<Device> // the one that is in use
  const { device, read } = backend
  if (device === undefined || read === undefined || watched.has(device)) return
  watched.add(device)
  let refused: string | null = null
  device.addEventListener("uncapturederror", ({ error }) => (refused ??= error.message))
  backend.read = async (dataId) => {
    const values = await read.call(backend, dataId)
    if (refused !== null)
      throw new Error(`The device refused a program, so nothing on it can be relied on: ${refused.trim()}`)
    return values
  }
}

const watched = new WeakSet<object>()

// ---------------------------------------------------------- destructors

/** What the adapter says it is, such as "google swiftshader, SwiftShader driver 5.0.0". Rejects with `BackendUnavailable`. */
export const webgpuAdapter = async (): Promise<string> => {
  const { vendor = "", architecture = "", device = "", description = "" } = (await findAdapter()).info ?? {}
  const name = [vendor, architecture].filter((part) => part !== "").join(" ")
  return [name, description === "" ? device : description].filter((part) => part !== "").join(", ") || "unnamed"
}

/** Whether a tensor can be read without waiting: in Node nothing on the device can. */
export const isReadableNow = (): boolean => tf.getBackend() !== "webgpu" || "OffscreenCanvas" in globalThis

const findAdapter = async (): Promise<Adapter> => {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } } // where there is one
  if (navigator?.gpu === undefined)
    throw new BackendUnavailable(
      "The backend webgpu needs navigator.gpu, which is not here. In Node call useWebgpu of bijou/native; elsewhere use a browser that has WebGPU, or the backend wasm.",
    )
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" })
  if (adapter === null)
    throw new BackendUnavailable(
      "WebGPU finds no GPU and no driver here. Install a Vulkan, Metal or Direct3D driver (in Node, npx bijou setup webgpu says which), or use the backend wasm.",
    )
  return adapter
}
