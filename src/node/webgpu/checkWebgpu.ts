/**
 * Whether the backend webgpu works on this machine, and what it lacks otherwise.
 */
import { either as E } from "fp-ts"
import { tf } from "../../tensor/tf.ts"
import { webgpuAdapter } from "../../tensor/webgpu.ts"
import type { Obstacle } from "./Obstacle.ts"
import { provideGpu, useWebgpu } from "./useWebgpu.ts"
import { vulkanObstacle } from "./vulkanObstacle.ts"

// ---------------------------------------------------------------- model

/** An adapter that computes correctly. */
export interface Adapter {
  /** "google swiftshader, SwiftShader driver 5.0.0". */
  readonly name: string
  /** Whether the driver emulates a GPU on the CPU. */
  readonly software: boolean
}

// ---------------------------------------------------------- destructors

/** Finds the packages and an adapter, and multiplies two matrices on it. */
export const checkWebgpu = async (): Promise<E.Either<Obstacle, Adapter>> => {
  const missing = missingPackages()
  if (missing.length > 0)
    return E.left({
      problem: `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not installed.`,
      remedies: [{ advice: "Run:", commands: [`npm install ${missing.join(" ")}`] }],
    })
  const failure = await provideGpu().then(
    () => null,
    (error: Error) => (error.cause instanceof Error ? error.cause : error).message.split("\n")[0],
  )
  if (failure !== null)
    return E.left({
      problem: `The package webgpu cannot be loaded on ${process.platform} ${process.arch}: ${failure}`,
      remedies: [{ advice: "Install it again on this machine:", commands: ["npm install --force webgpu"] }],
    })
  const name = await webgpuAdapter().catch(() => null)
  if (name === null) return E.left(await noAdapter())
  await useWebgpu()
  if (await multipliesCorrectly()) return E.right({ name, software: isSoftware(name) })
  return E.left({
    problem: `${name} computes a wrong matrix product.`,
    remedies: [{ advice: "Update the driver of the GPU, or use the backend wasm.", commands: [] }],
  })
}

/** The optional packages of the backend that are not installed. */
export const missingPackages = (): ReadonlyArray<string> =>
  ["@tensorflow/tfjs-backend-webgpu", "webgpu"].filter((name) => {
    try {
      import.meta.resolve(name)
      return false
    } catch {
      return true
    }
  })

/** Whether a device emulates a GPU on the CPU. */
export const isSoftware = (device: string): boolean => /swiftshader|llvmpipe/i.test(device)

const noAdapter = async (): Promise<Obstacle> => {
  switch (process.platform) {
    case "darwin":
      return {
        problem: "macOS offers no Metal device to WebGPU.",
        remedies: [{ advice: "Use the backend wasm with Accelerate:", commands: ["npx bijou setup blas"] }],
      }
    case "win32":
      return {
        problem: "Windows offers no Direct3D 12 or Vulkan device to WebGPU.",
        remedies: [{ advice: "Install the driver of the GPU, or use the backend wasm.", commands: [] }],
      }
    default:
      return vulkanObstacle()
  }
}

/** Products of small integers are exact on every device. */
const multipliesCorrectly = async (): Promise<boolean> => {
  const a = tf.tensor2d([1, 2, 3, 4], [2, 2])
  const product = tf.matMul(a, a)
  const values = await product.data()
  tf.dispose([a, product])
  return values.join() === "7,10,15,22"
}
