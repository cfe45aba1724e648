/**
 * The WebGPU backend in Node.
 */
import { useBackend } from "../../tensor/backend.ts"
import { BackendUnavailable } from "../../tensor/errors/BackendUnavailable.ts"
import { webgpuAdapter } from "../../tensor/webgpu.ts"

/**
 * Makes `webgpu` the backend of all tensors and returns the name of the device. Node has no `navigator.gpu`; the npm
 * package `webgpu` provides it. Rejects with `BackendUnavailable` if a package, a driver or a device is missing, and
 * `npx bijou setup webgpu` says which.
 *
 * Node cannot read from the device synchronously: use `await tensor.data()`, never `dataSync()`.
 *
 * ```ts no-run
 * import { useWebgpu } from "bijou/native"
 *
 * console.log(await useWebgpu()) // such as "google swiftshader, SwiftShader driver 5.0.0"
 * ```
 */
export const useWebgpu = async (): Promise<string> => {
  await provideGpu()
  await useBackend("webgpu")
  return webgpuAdapter()
}

/** Provides `navigator.gpu` if it is missing. Rejects with `BackendUnavailable` if the package webgpu does not load. */
export const provideGpu = async (): Promise<void> => {
  const host = globalThis as { readonly navigator?: object } // Node 20 has none
  const navigator = host.navigator ?? {}
  if ("gpu" in navigator) return
  const { create, globals } = await import("webgpu").catch((cause: unknown) => {
    throw new BackendUnavailable(
      "In Node the backend webgpu needs the npm package webgpu, which cannot be loaded. Run: npm install @tensorflow/tfjs-backend-webgpu webgpu",
      { cause },
    )
  })
  Object.assign(globalThis, globals)
  Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true })
  if (host.navigator !== navigator)
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true })
}
