/**
 * Looks at every backend that there is, and measures those that work.
 */
import { availableParallelism, cpus } from "node:os"
import { useBackend, type BackendName } from "../../tensor/backend.ts"
import { BackendUnavailable } from "../../tensor/errors/BackendUnavailable.ts"
import { fallbacksOf, missingOn, ownKernels } from "../../tensor/kernels/index.ts"
import { setSgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { tf } from "../../tensor/tf.ts"
import { opLibraryName } from "../tensorflow/OpLibrary.ts"
import { whyNot } from "../tensorflow/setUpTensorflow.ts"
import type { Device } from "../tensorflow/Tensorflow.ts"
import { loadedBlas, useNative } from "../blas/useNative.ts"
import { loadedTensorflow, useTensorflow } from "../tensorflow/useTensorflow.ts"
import { useWebgpu } from "../webgpu/useWebgpu.ts"
import type { Backend, Diagnosis } from "./Diagnosis.ts"
import { measureProducts } from "./measureProducts.ts"

/** Takes about two seconds for every backend that works; `report` is told how many are done, and the name of the next. */
export const diagnose = async (report: (done: number, name: string) => void): Promise<Diagnosis> => {
  setSgemm(null)
  const backends: Backend[] = []
  for (const [name, look] of looks) {
    report(backends.length, name)
    backends.push({ ...unknown, name, ...(await look(backends).catch(broken)) })
  }
  return { node: process.versions.node, platform: `${process.platform} ${process.arch}, ${processor()}`, backends }
}

const unknown = { version: null, device: null, measured: null, kernels: [], fallbacks: [], missing: [], todo: null }

type Look = Partial<Backend> & Pick<Backend, "status">

const lookAt = async (backend: BackendName, version: string): Promise<Look> => {
  await useBackend(backend)
  const measured = await measureProducts()
  return {
    status: "ready",
    version: `TensorFlow.js ${tf.version.tfjs}, ${version}`,
    measured,
    kernels: ownKernels(backend),
    fallbacks: fallbacksOf(backend),
    missing: missingOn(backend),
  }
}

const lookAtWasm = async (): Promise<Look> => {
  await useBackend("wasm")
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")
  const look = await lookAt("wasm", simd ? "SIMD" : "without SIMD")
  const todo = simd ? null : "This engine runs WebAssembly without SIMD. Use a newer Node."
  return { ...look, device: "one thread", todo }
}

const lookAtBlas = async (before: ReadonlyArray<Backend>): Promise<Look> => {
  const name = await useNative()
  const blas = loadedBlas()
  if (name === null || blas === null) return { status: "not set up", todo: "Run: npx bijou native" }
  const device = blas.core === null ? name : `${name}, for ${blas.core}`
  const look = await lookAt("wasm", blas.version)
  const without = before.find(({ name }) => name === "wasm")?.measured?.gflops ?? 0
  // Threads that wait for each other give their turn away, and on busy cores they get it back late.
  const slow = (look.measured?.gflops ?? 0) < without
  return {
    ...look,
    device,
    todo: slow ? "It is slower than wasm alone, so other work holds the cores: use --threads 1." : null,
  }
}

const lookAtTensorflow = (device: Device) => async (): Promise<Look> => {
  const name = await useTensorflow()
  const loaded = loadedTensorflow()
  if (name === null || loaded?.device !== device)
    return {
      status: "not set up",
      todo: whyNot(device) ?? `Run: npx bijou native --tensorflow${device === "gpu" ? " --gpu" : ""}`,
    }
  const look = await lookAt("tensorflow", `TensorFlow ${loaded.version}`)
  const missing = device === "cpu" && loaded.opLibrary === null && (await opLibraryName()) !== null
  return {
    ...look,
    device: name,
    todo: missing ? "The op library, which makes it faster, is not built. Run: npx bijou native --tensorflow" : null,
  }
}

const lookAtWebgpu = async (): Promise<Look> => {
  try {
    const device = await useWebgpu()
    const todo = /swiftshader|llvmpipe/i.test(device)
      ? "This driver plays a GPU on the processor, for tests: train on wasm, or install the driver of a GPU."
      : null
    return { ...(await lookAt("webgpu", "Dawn")), device, todo }
  } catch (error) {
    if (error instanceof BackendUnavailable) return { status: "not set up", todo: error.message }
    throw error
  }
}

/** Every backend, and how it is looked at. */
export const looks: ReadonlyArray<readonly [name: string, look: (before: ReadonlyArray<Backend>) => Promise<Look>]> = [
  ["cpu", async () => ({ ...(await lookAt("cpu", "plain JavaScript")), device: "one thread" })],
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
