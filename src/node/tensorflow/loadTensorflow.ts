/**
 * Loads TensorFlow into this process, as a backend of its TensorFlow.js.
 */
import { createRequire } from "node:module"
import { join } from "node:path"
import { isMainThread } from "node:worker_threads"
import { setOpLibrary } from "../../tensor/kernels/tensorflow/opLibrary.ts"
import { describeBackend } from "../../tensor/Runtime.ts"
import { tf } from "../../tensor/tf.ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { tensorflowFolder } from "../files/folder.ts"
import { opLibraryName, processor } from "./OpLibrary.ts"
import { addonsOf, places, type Device, type Tensorflow } from "./Tensorflow.ts"

// ---------------------------------------------------------------- model

export interface Loaded {
  /** For example "TensorFlow 2.21.0 CPU, 2 threads, op library". */
  readonly name: string
  readonly version: string
  readonly device: Device
  readonly threads: number
  /** The file name of the op library; null if it is not built. */
  readonly opLibrary: string | null
}

// --------------------------------------------------------- constructors

/**
 * Registers the backend `tensorflow`. Throws `NativeUnavailable` if the TensorFlow that is set up does not work. With
 * `BIJOU_OP_LIBRARY=off` in the environment, which child processes inherit, it does not load the op library.
 */
export const loadTensorflow = async (tensorflow: Tensorflow, threads: number): Promise<Loaded> => {
  const off = process.env["BIJOU_OP_LIBRARY"] === "off"
  if (!off) await checkLibrary(tensorflow)
  const folder = tensorflowFolder()
  const require = createRequire(join(folder, places.manifest))
  try {
    const [binding] = silently(require(join(folder, places.hush)) as Hush, () =>
      inEnvironment({ TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: String(threads) }, () =>
        addonsOf(folder, off ? null : tensorflow.opLibrary).map((addon) => require(addon) as unknown),
      ),
    )
    const { TF_Version: version, isUsingGpuDevice } = binding as Binding
    const device = isUsingGpuDevice() ? "gpu" : "cpu"
    Object.assign(globalThis, { [Symbol.for("bijou/tfjs")]: tf }) // the result of its require("@tensorflow/tfjs")
    const dist = join(folder, places.packages, "@tensorflow", "tfjs-node", "dist")
    require(join(dist, "register_all_kernels.js"))
    const { NodeJSKernelBackend } = require(join(dist, "nodejs_kernel_backend.js")) as TfjsNode
    // tfjs-node decides by the name of the package which convolutions it supports.
    const backend = new NodeJSKernelBackend(binding, `@tensorflow/tfjs-node${device === "gpu" ? "-gpu" : ""}`)
    tf.registerBackend("tensorflow", () => backend, 1)
    const fused = !off && tensorflow.opLibrary !== null && device === "cpu"
    setOpLibrary(fused)
    describeBackend("tensorflow", { library: `TensorFlow ${version} ${device.toUpperCase()}`, threads })
    const words = [device === "gpu" ? [] : `${threads} thread${threads === 1 ? "" : "s"}`, fused ? "op library" : []]
    const name = [`TensorFlow ${version} ${device.toUpperCase()}`, ...words.flat()].join(", ")
    return { name, version, device, threads, opLibrary: tensorflow.opLibrary }
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n")
    throw new NativeUnavailable(`${folder} cannot be used: ${reason}. Run: npx bijou setup tensorflow`)
  }
}

/** The functions of the addons and of tfjs-node that are used here. */
interface Hush {
  readonly hush: () => void
  readonly speak: () => void
}

interface Binding {
  readonly TF_Version: string
  readonly isUsingGpuDevice: () => boolean
}

interface TfjsNode {
  readonly NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend
}

/** Refuses a library of other sources or for another processor, which may compute other bits. */
const checkLibrary = async ({ opLibrary, processor: builtFor }: Tensorflow): Promise<void> => {
  if (opLibrary === null) return
  const reason =
    opLibrary !== (await opLibraryName())
      ? "by another version of bijou"
      : builtFor !== processor()
        ? `for another processor, ${builtFor}`
        : null
  if (reason !== null)
    throw new NativeUnavailable(`TensorFlow's op library was built ${reason}. Run: npx bijou setup tensorflow`)
}

/** Sets environment variables while TensorFlow loads and reads them; child processes inherit the old values. */
const inEnvironment = <A>(settings: Readonly<Record<string, string>>, body: () => A): A => {
  const before = { ...process.env }
  Object.assign(process.env, settings)
  try {
    return body()
  } finally {
    for (const name of Object.keys(settings))
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
  }
}

const silently = <A>({ hush, speak }: Hush, body: () => A): A => {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2" // it also prints later
  // It prints once per process, and all threads share standard error.
  if (Number(process.env["TF_CPP_MIN_LOG_LEVEL"]) < 2 || !isMainThread) return body()
  hush()
  try {
    return body()
  } finally {
    speak()
  }
}
