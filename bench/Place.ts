/**
 * What a mode runs on.
 */
import { availableParallelism } from "node:os"
import * as t from "io-ts"
import { startRuntime, useTensorflow } from "bijou/native"
import { tf } from "bijou/tensor"
import { BackendName } from "../src/cli/BackendName.ts"

// ---------------------------------------------------------------- model

/** As JSON it is an argument of the process that runs there. */
export const Place = t.readonly(
  t.strict({
    backend: BackendName,
    /** The threads of the BLAS or of TensorFlow; null to run without a BLAS. */
    threads: t.union([t.number, t.null]),
    /** Whether bijou's kernels are registered. Without them it is stock TensorFlow.js. */
    kernels: t.boolean,
    /** Whether TensorFlow may use its op library, if it is built. */
    opLibrary: t.boolean,
  }),
  "Place",
)

export type Place = t.TypeOf<typeof Place>

/** What the backend calls itself, and the GFLOP/s of its matrix products. */
export const Start = t.readonly(t.strict({ on: t.string, peak: t.number }), "Start")

export type Start = t.TypeOf<typeof Start>

// --------------------------------------------------------- constructors

/** Starts the backend in this process. */
export const startOn = async (place: Place): Promise<Start> => {
  if (!place.opLibrary) process.env["BIJOU_OP_LIBRARY"] = "off"
  const on = await (place.kernels ? started : stock)(place)
  return { on, peak: await matmulPeak() }
}

const started = async ({ backend, threads }: Place): Promise<string> => {
  const native = threads !== null
  const name = await startRuntime({ backend, native, ...(native ? { threads } : {}) })
  if (name === null) throw new Error(noTensorflow)
  if (native && name === "wasm") throw new Error("no BLAS is set up. Run: npx bijou setup blas")
  return name
}

/** Stock TensorFlow.js, without bijou's kernels, which a BLAS needs. */
const stock = async ({ backend, threads }: Place): Promise<string> => {
  const name = backend === "tensorflow" ? await useTensorflow(threads === null ? {} : { threads }) : backend
  if (name === null) throw new Error(noTensorflow)
  Object.assign(tf.findBackend("cpu") ?? {}, { firstUse: false })
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} could not start`)
  await tf.ready()
  return name
}

const noTensorflow = "TensorFlow is not set up. Run: npx bijou setup tensorflow"

/** GFLOP/s of a large matrix product, the best of half a second. */
const matmulPeak = async (): Promise<number> => {
  const size = 768
  const [a, b] = [tf.randomUniform([size, size]), tf.randomUniform([size, size])]
  const once = async () => {
    const start = performance.now()
    const product = tf.matMul(a, b)
    const corner = product.slice([0, 0], [1, 1])
    await corner.data()
    const ms = performance.now() - start
    tf.dispose([product, corner])
    return ms
  }
  let best = await once()
  const end = performance.now() + 500
  while (performance.now() < end) best = Math.min(best, await once())
  tf.dispose([a, b])
  return (2 * size ** 3) / best / 1e6
}

// ---------------------------------------------------------- destructors

/** The backend and its number of threads, in words for a title. */
export const inWords = ({ backend, threads, opLibrary }: Place): string =>
  backend === "wasm"
    ? threads === null
      ? "wasm, one thread"
      : `wasm, products by a BLAS on ${counted(threads)}`
    : backend === "tensorflow"
      ? `tensorflow on ${counted(threads ?? availableParallelism())}${opLibrary ? "" : ", no op library"}`
      : backend

const counted = (threads: number): string => `${threads} thread${threads === 1 ? "" : "s"}`
