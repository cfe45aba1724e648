/**
 * Inspects every backend, and measures those that work.
 */
import { availableParallelism, cpus } from "node:os"
import type { BackendName } from "../../tensor/backend.ts"
import { BackendUnavailable } from "../../tensor/errors/BackendUnavailable.ts"
import { currentRuntime } from "../../tensor/Runtime.ts"
import { fallbacksOf, missingOn, ownKernels } from "../../tensor/kernels/kernels.ts"
import { tf } from "../../tensor/tf.ts"
import { startRuntime } from "../runtime/startRuntime.ts"
import { opLibraryName } from "../tensorflow/OpLibrary.ts"
import { isSoftware } from "../webgpu/checkWebgpu.ts"
import { whyNot } from "../tensorflow/setUpTensorflow.ts"
import type { Device } from "../tensorflow/Tensorflow.ts"
import { loadedBlas } from "../blas/useNative.ts"
import { loadedTensorflow } from "../tensorflow/useTensorflow.ts"
import type { Backend, Diagnosis } from "./Diagnosis.ts"
import { measureProducts } from "./measureProducts.ts"

/** Takes about two seconds per working backend; `report` receives the number of finished ones and the next name. */
export const diagnose = async (report: (done: number, name: string) => void): Promise<Diagnosis> => {
  const backends: Backend[] = []
  for (const [name, look] of looks) {
    report(backends.length, name)
    backends.push({ ...unknown, name, ...(await look(backends).catch(broken)) })
  }
  return { node: process.versions.node, platform: `${process.platform} ${process.arch}, ${processor()}`, backends }
}

const unknown = { version: null, device: null, measured: null, kernels: [], fallbacks: [], missing: [], todo: null }

type Look = Partial<Backend> & Pick<Backend, "status">

/** Inspects the runtime that has started. */
const lookAt = async (backend: BackendName, version: string): Promise<Look> => ({
  status: "ready",
  version: `TensorFlow.js ${tf.version.tfjs}, ${version}`,
  measured: await measureProducts(),
  kernels: ownKernels(backend),
  fallbacks: fallbacksOf(backend),
  missing: missingOn(backend),
})

const lookAtCpu = async (): Promise<Look> => {
  await startRuntime({ backend: "cpu", native: false })
  return { ...(await lookAt("cpu", "plain JavaScript")), device: "one thread" }
}

const lookAtWasm = async (): Promise<Look> => {
  await startRuntime({ backend: "wasm", native: false })
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")
  const look = await lookAt("wasm", simd ? "SIMD" : "without SIMD")
  const todo = simd ? null : "This engine runs WebAssembly without SIMD. Update Node."
  return { ...look, device: "one thread", todo }
}

const lookAtBlas = async (before: ReadonlyArray<Backend>): Promise<Look> => {
  await startRuntime({ backend: "wasm", native: true })
  const blas = loadedBlas()
  if (blas === null) return { status: "not set up", todo: "Run: npx bijou setup blas" }
  const { name, core, version } = blas
  const look = await lookAt("wasm", version)
  const without = before.find(({ name }) => name === "wasm")?.measured?.gflops ?? 0
  // Threads that wait for each other yield, and on busy cores they run again late.
  const slow = (look.measured?.gflops ?? 0) < without
  return {
    ...look,
    device: core === null ? name : `${name}, for ${core}`,
    todo: slow ? "It is slower than wasm alone, since other processes use the cores. Use --threads 1." : null,
  }
}

const lookAtTensorflow = (device: Device) => async (): Promise<Look> => {
  const name = await startRuntime({ backend: "tensorflow", native: false })
  const loaded = loadedTensorflow()
  if (name === null || loaded?.device !== device)
    return {
      status: "not set up",
      todo: whyNot(device) ?? `Run: npx bijou setup tensorflow${device === "gpu" ? " --gpu" : ""}`,
    }
  const look = await lookAt("tensorflow", `TensorFlow ${loaded.version}`)
  const missing = device === "cpu" && loaded.opLibrary === null && (await opLibraryName()) !== null
  return {
    ...look,
    device: name,
    todo: missing ? "The op library, which makes it faster, is not built. Run: npx bijou setup tensorflow" : null,
  }
}

const lookAtWebgpu = async (): Promise<Look> => {
  try {
    await startRuntime({ backend: "webgpu", native: false })
    const { library } = currentRuntime()
    const device = library ?? "an unknown device"
    const todo = isSoftware(device)
      ? "This driver emulates a GPU on the CPU, for tests. Train on wasm, or install a GPU's driver."
      : null
    return { ...(await lookAt("webgpu", "Dawn")), device, todo }
  } catch (error) {
    if (error instanceof BackendUnavailable) return { status: "not set up", todo: error.message }
    throw error
  }
}

/** Every backend with the function that inspects it. */
export const looks: ReadonlyArray<readonly [name: string, look: (before: ReadonlyArray<Backend>) => Promise<Look>]> = [
  ["cpu", lookAtCpu],
  ["wasm", lookAtWasm],
  ["wasm with a BLAS", lookAtBlas],
  ["tensorflow", lookAtTensorflow("cpu")],
  ["tensorflow on a GPU", lookAtTensorflow("gpu")],
  ["webgpu", lookAtWebgpu],
]

const broken = (error: unknown): Look => ({
  status: "broken",
  todo: error instanceof Error ? error.message : String(error),
})

const processor = (): string => {
  const cores = availableParallelism()
  return `${cpus()[0]?.model.trim() ?? "an unknown processor"}, ${cores} core${cores === 1 ? "" : "s"}`
}
