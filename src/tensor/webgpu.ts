/**
 * The WebGPU backend of TensorFlow.js, an optional package that is loaded on demand.
 */
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/**
 * The part of `navigator.gpu` that this module uses. Browsers have it, and so does Node after `useWebgpu` of
 * `bijou/native`.
 */
interface Gpu {
  readonly requestAdapter: (options: { readonly powerPreference: string }) => Promise<Adapter | null>
}

interface Adapter {
  readonly info?: Readonly<Partial<Record<"vendor" | "architecture" | "device" | "description", string>>>
}

/** The part of tfjs's backend that this module uses. */
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

/**
 * Loads the backend and fixes the kernel choices that TensorFlow.js would otherwise make by size, so that results are
 * reproducible. Rejects with `BackendUnavailable`.
 */
export const loadWebgpu = async (): Promise<void> => {
  await findAdapter()
  try {
    // Bundlers tolerate a missing optional package only if its import is in a `try` block, not if it is followed by
    // `.catch`.
    await import("@tensorflow/tfjs-backend-webgpu")
  } catch (cause) {
    throw new BackendUnavailable(
      "The backend webgpu needs the package @tensorflow/tfjs-backend-webgpu, which cannot be loaded. Run: npm install @tensorflow/tfjs-backend-webgpu",
      { cause },
    )
  }
  // TensorFlow.js would compute small tensors that are not on the device yet in JavaScript. States rebuilt from bytes
  // are such tensors.
  tf.env().set("WEBGPU_CPU_FORWARD", false)
  // Always use the tiled matmul: another program adds partial sums with atomics, in no fixed order.
  tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", 3)
}

/**
 * Makes every later read reject once the device has refused a program. The outputs of a refused program are undefined,
 * and WebGPU reports the refusal only as an event. Call this when webgpu is the backend in use.
 */
export const watchDevice = (): void => {
  const backend = tf.backend() as Partial<Device> // webgpu is the backend in use
  const { device, read } = backend
  if (device === undefined || read === undefined || watched.has(device)) return
  watched.add(device)
  let refused: string | null = null
  device.addEventListener("uncapturederror", ({ error }) => (refused ??= error.message))
  backend.read = async (dataId) => {
    const values = await read.call(backend, dataId)
    if (refused !== null)
      throw new Error(`The device refused a program, so nothing computed on it is valid: ${refused.trim()}`)
    return values
  }
}

const watched = new WeakSet<object>()

// ---------------------------------------------------------- destructors

/**
 * Returns the adapter's description of itself, such as "google swiftshader, SwiftShader driver 5.0.0". Rejects with
 * `BackendUnavailable`.
 */
export const webgpuAdapter = async (): Promise<string> => {
  const { vendor = "", architecture = "", device = "", description = "" } = (await findAdapter()).info ?? {}
  const name = [vendor, architecture].filter((part) => part !== "").join(" ")
  return [name, description === "" ? device : description].filter((part) => part !== "").join(", ") || "unnamed"
}

/** Returns whether a tensor can be read synchronously. On webgpu this is impossible in Node. */
export const isReadableNow = (): boolean => tf.getBackend() !== "webgpu" || "OffscreenCanvas" in globalThis

const findAdapter = async (): Promise<Adapter> => {
  // Not every runtime has a navigator.
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } }
  if (navigator?.gpu === undefined)
    throw new BackendUnavailable(
      "The backend webgpu needs navigator.gpu, which is missing here. In Node, call useWebgpu of bijou/native; elsewhere, use a browser with WebGPU or the backend wasm.",
    )
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" })
  if (adapter === null)
    throw new BackendUnavailable(
      "WebGPU found no GPU adapter here. Install a Vulkan, Metal or Direct3D driver (in Node, npx bijou setup webgpu says which), or use the backend wasm.",
    )
  return adapter
}
