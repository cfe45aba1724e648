/** All implementations of kernels by backend, and the function that registers them. */
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

/** Returns the names of bijou's kernels on a backend: custom kernels and replacements of TensorFlow.js's kernels. */
export const ownKernels = (backendName: string): readonly string[] =>
  kernelsOf(backendName).map(({ kernelName }) => kernelName)

/**
 * Returns the kernels that a backend runs in plain JavaScript. The list for cpu is empty, since all of cpu is plain
 * JavaScript.
 */
export const fallbacksOf = (backendName: string): readonly string[] =>
  kernelsOf(backendName)
    .filter(isFallback)
    .map(({ kernelName }) => kernelName)
    .toSorted()

/** Returns the TensorFlow.js kernels that cpu has and a backend lacks. Operations that need one of them throw there. */
export const missingOn = (backendName: string): readonly string[] =>
  tf
    .getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => !ownKernels("cpu").includes(name) && tf.getKernel(name, backendName) === undefined)
    .toSorted()

/**
 * Registers bijou's kernels for a backend, in place of stock kernels of the same name, and wraps all kernels of the
 * backend in guards. Calling it again has no effect.
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
  // Other stock kernels call the replaced one directly, so its setup is still needed.
  tf.registerKernel({ ...stock, ...kernel })
}

/**
 * Returns this process's kernels for a backend. On TensorFlow some of them exist only with the op library, and others
 * only without it.
 */
const kernelsOf = (backendName: string): readonly Implementation[] => BACKENDS.get(backendName)?.() ?? []

const BACKENDS: ReadonlyMap<string, () => readonly Implementation[]> = new Map([
  ["cpu", () => cpuKernels],
  ["wasm", () => wasmKernels],
  ["webgpu", () => webgpuKernels],
  ["tensorflow", () => [...elementwise, ...tensorflowKernels.filter(({ isThere }) => isThere(hasOpLibrary()))]],
])
