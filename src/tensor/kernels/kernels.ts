/** All implementations of kernels by backend, and the one function that registers them. */
import { tf } from "../tf.ts"
import { cpuKernels } from "./cpu/cpuKernels.ts"
import { isFallback } from "./fallbacks.ts"
import { guard } from "./guard.ts"
import type { Implementation } from "./implement.ts"
import { hasOpLibrary } from "./tensorflow/opLibrary.ts"
import { elementwise } from "./tensorflow/stock/elementwise.ts"
import { tensorflowKernels } from "./tensorflow/tensorflowKernels.ts"
import { wasmKernels } from "./wasm/wasmKernels.ts"
import { webgpuKernels } from "./webgpu/webgpuKernels.ts"

/** The names of our kernels on a backend: custom ones, and those that replace kernels of TensorFlow.js. */
export const ownKernels = (backendName: string): readonly string[] =>
  kernelsOf(backendName).map(({ kernelName }) => kernelName)

/** The kernels that a backend answers in plain JavaScript. None are listed for cpu, which is plain JavaScript throughout. */
export const fallbacksOf = (backendName: string): readonly string[] =>
  kernelsOf(backendName)
    .filter(isFallback)
    .map(({ kernelName }) => kernelName)
    .toSorted()

/** The kernels of TensorFlow.js that cpu has and a backend does not have: operations that need one throw there. */
export const missingOn = (backendName: string): readonly string[] =>
  tf
    .getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => !ownKernels("cpu").includes(name) && tf.getKernel(name, backendName) === undefined)
    .toSorted()

/**
 * Registers every kernel for a backend in place of the stock one of its name, if there is one, and puts all of the backend's kernels behind their
 * guard. Calling it again changes nothing.
 */
export const registerKernels = (backendName: string): void => {
  const own = kernelsOf(backendName)
  const names = new Set(own.map(({ kernelName }) => kernelName))
  const stock = tf.getKernelsForBackend(backendName).filter(({ kernelName }) => !names.has(kernelName))
  for (const kernel of [...own, ...stock]) register(guard(kernel))
}

const register = (kernel: Implementation): void => {
  const { kernelName, backendName } = kernel
  const stock = tf.getKernel(kernelName, backendName)
  if (stock?.kernelFunc === kernel.kernelFunc) return
  if (stock !== undefined) tf.unregisterKernel(kernelName, backendName)
  // Other stock kernels call the stock one directly, so what it sets up is still needed.
  tf.registerKernel({ ...stock, ...kernel })
}

/** What this process has for a backend: some kernels on TensorFlow are there only with the op library, or only without. */
const kernelsOf = (backendName: string): readonly Implementation[] => BACKENDS.get(backendName)?.() ?? []

const BACKENDS: ReadonlyMap<string, () => readonly Implementation[]> = new Map([
  ["cpu", () => cpuKernels],
  ["wasm", () => wasmKernels],
  ["webgpu", () => webgpuKernels],
  ["tensorflow", () => [...elementwise, ...tensorflowKernels.filter(({ isThere }) => isThere(hasOpLibrary()))]],
])
