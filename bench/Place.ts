/**
 * What a mode runs on: `{ backend, threads, kernels, opLibrary }`. `threads` are those of the BLAS or of TensorFlow, null to do without a
 * choice; `kernels` tells whether bijou's own are registered, and `opLibrary` whether TensorFlow may use its op library, if it is built.
 */
import { availableParallelism } from "node:os"
import { startRuntime, useTensorflow } from "bijou/native"
import { tf } from "bijou/tensor"

/** Starts the backend in this process; answers what it is, and the GFLOP/s of its matrix products. */
export const startOn = async ({ backend, threads, kernels, opLibrary }) => {
  if (!opLibrary) process.env.BIJOU_OP_LIBRARY = "off"
  const on = await (kernels ? started : stock)({ backend, threads })
  return { on, peak: await matmulPeak() }
}

const started = async ({ backend, threads }) => {
  const native = threads !== null
  const name = await startRuntime({ backend, native, ...(native ? { threads } : {}) })
  if (name === null) throw new Error(noTensorflow)
  if (native && name === "wasm") throw new Error("no BLAS is set up. Run: npx bijou native")
  return name
}

/** TensorFlow.js as it comes, without bijou's kernels, to which a BLAS belongs. */
const stock = async ({ backend, threads }) => {
  const name = backend === "tensorflow" ? await useTensorflow(threads === null ? {} : { threads }) : backend
  if (name === null) throw new Error(noTensorflow)
  Object.assign(tf.findBackend("cpu") ?? {}, { firstUse: false })
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} could not start`)
  await tf.ready()
  return name
}

const noTensorflow = "TensorFlow is not set up. Run: npx bijou native --tensorflow"

/** GFLOP/s of a large matrix product, the best of half a second. */
const matmulPeak = async () => {
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

/** How many threads a place has, in words for a title. */
export const inWords = ({ backend, threads, opLibrary }) =>
  backend === "wasm"
    ? threads === null
      ? "wasm, one thread"
      : `wasm, products by a BLAS on ${counted(threads)}`
    : backend === "tensorflow"
      ? `tensorflow on ${counted(threads ?? availableParallelism())}${opLibrary ? "" : ", no op library"}`
      : backend

const counted = (threads) => `${threads} thread${threads === 1 ? "" : "s"}`
