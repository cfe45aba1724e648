/**
 * Sets up TensorFlow for this user, and removes it.
 */
import { existsSync } from "node:fs"
import { mkdir, rm, statfs } from "node:fs/promises"
import { join } from "node:path"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { cacheFolder, tensorflowFolder } from "../files/folder.ts"
import { remove, unwritable, replaceFolder } from "../files/replaceFolder.ts"
import { thisPlatform } from "../blas/Wheel.ts"
import { buildBinding, fetchPackages } from "./buildBinding.ts"
import { fetchCuda, fetchTensorflow, unpackTensorflow, type Wanted } from "./fetchTensorflow.ts"
import { buildOpLibrary, opLibraryName, processor } from "./OpLibrary.ts"
import { addonsOf, installedTensorflow, writeManifest, type Device, type Tensorflow } from "./Tensorflow.ts"
import { findToolchain, type Toolchain } from "./Toolchain.ts"
import { tryOut } from "./tryOut.ts"

// ---------------------------------------------------------------- model

/** The TensorFlow that is set up; `fresh` is false if it was before, `problem` says why the op library is missing. */
export interface SetUp {
  readonly tensorflow: Tensorflow
  readonly fresh: boolean
  readonly problem: string | null
}

/** Receives the percentage of finished work, and the next step. */
export type Notify = (done: number, next: string) => void

/** The default version. */
export const pinnedVersion = "2.21.0"

// ----------------------------------------------------------- combinators

/** Fetches and builds what is missing. Replaces the old TensorFlow if the new one works. Throws `NativeUnavailable`. */
export const setUpTensorflow = async (wanted: Wanted, notify: Notify): Promise<SetUp> => {
  const obstacle = whyNot(wanted.device)
  if (obstacle !== null) throw new NativeUnavailable(obstacle)
  const library = wanted.device === "cpu" ? await opLibraryName() : null
  const present = await working(wanted)
  if (present === null) return fetched(await preparedFor(wanted), wanted, library, notify)
  if (present.opLibrary === library && (library === null || present.processor === processor()))
    return { tensorflow: present, fresh: false, problem: null }
  notify(0, "building the op library")
  const folder = tensorflowFolder()
  const { tensorflow, problem } = await withLibrary(await findToolchain(), folder, wanted, library, never)
  if (present.opLibrary !== null && present.opLibrary !== tensorflow.opLibrary)
    await rm(join(folder, present.opLibrary), { force: true })
  return { tensorflow, fresh: problem === null, problem }
}

/** Removes the TensorFlow that is set up, and returns whether there was one. */
export const tearDownTensorflow = (): Promise<boolean> => remove(tensorflowFolder())

const fetched = async (
  toolchain: Toolchain,
  wanted: Wanted,
  library: string | null,
  notify: Notify,
): Promise<SetUp> => {
  const { python } = toolchain
  const { device, version } = wanted
  let made: Omit<SetUp, "fresh"> | null = null
  await replaceFolder(tensorflowFolder(), async (folder, spare, signal) => {
    notify(0, `fetching TensorFlow ${version} with pip, ${device === "cpu" ? "270 MB" : "600 MB"}`)
    await fetchTensorflow(python, wanted, spare, signal)
    notify(30, "unpacking TensorFlow")
    await unpackTensorflow(python, spare, folder, signal)
    if (device === "gpu") {
      notify(40, "fetching NVIDIA's libraries with pip, 2 GB")
      await fetchCuda(python, spare, folder, signal)
    }
    notify(50, "fetching the binding with npm")
    await fetchPackages(toolchain, spare, folder, signal)
    notify(55, "building the binding")
    await buildBinding(toolchain, folder, signal)
    notify(75, library === null ? "testing TensorFlow" : "building the op library")
    made = await withLibrary(toolchain, folder, wanted, library, signal)
    notify(100, "done")
  })
  if (made === null) throw new Error("setup returned no result")
  // The callback assigned it, which the compiler does not see.
  return { ...(made as Omit<SetUp, "fresh">), fresh: true }
}

/** Builds the op library into a folder that has the binding, tests both, and writes the manifest. */
const withLibrary = async (
  toolchain: Toolchain,
  folder: string,
  { device }: Wanted,
  library: string | null,
  signal: AbortSignal,
): Promise<Omit<SetUp, "fresh">> => {
  const problem = library === null ? null : await buildOpLibrary(toolchain, folder, library, signal)
  const built = problem === null ? library : null
  const trial = await tryOut(addonsOf(folder, built), signal)
  if (device === "gpu" && !trial.gpu)
    throw new NativeUnavailable(
      "TensorFlow finds no GPU, although a driver is installed: it may be too old, or other processes may use the GPU. Check nvidia-smi, or leave out --gpu.",
    )
  const tensorflow = { device, version: trial.version, opLibrary: built, processor: processor() }
  await writeManifest(folder, tensorflow)
  return { tensorflow, problem }
}

// ---------------------------------------------------------- destructors

/** The TensorFlow that is set up, if it works and has the requested device and version. */
const working = async ({ device, version }: Wanted): Promise<Tensorflow | null> => {
  const present = await installedTensorflow().catch(() => null)
  if (present === null || present.device !== device || present.version !== version) return null
  const trial = await tryOut(addonsOf(tensorflowFolder(), null), never).catch(() => null)
  return trial === null ? null : present
}

/** Why it cannot be set up here, in a sentence; null if it can. */
export const whyNot = (device: Device): string | null => {
  const platform = thisPlatform()
  if (!(device === "cpu" ? ["linux-x64", "linux-arm64"] : ["linux-x64"]).includes(platform))
    return `bijou supports TensorFlow only on Linux ${device === "cpu" ? "" : "x64 "}with glibc${device === "cpu" ? "" : " for GPUs"}, and this is ${platform}. Use the backend wasm with a BLAS: npx bijou setup blas`
  if (device === "gpu" && !existsSync("/proc/driver/nvidia/version") && !existsSync("/usr/lib/wsl/lib/libcuda.so.1"))
    return "This machine has no driver for an NVIDIA GPU. Install it, or leave out --gpu: npx bijou setup tensorflow"
  return null
}

/** Checks tools and disk space before anything is fetched. */
const preparedFor = async ({ device }: Wanted): Promise<Toolchain> => {
  const toolchain = await findToolchain()
  const needed = device === "cpu" ? 1.7 : 12
  const folder = cacheFolder()
  const { bavail, bsize } = await mkdir(folder, { recursive: true })
    .then(() => statfs(folder))
    .catch((error: unknown) => {
      throw unwritable(error)
    })
  const free = (Number(bavail) * Number(bsize)) / 1e9
  if (free >= needed) return toolchain
  throw new NativeUnavailable(
    `Setting up TensorFlow needs ${needed} GB, but ${folder} has ${free.toFixed(1)} GB left. Free disk space, or set XDG_CACHE_HOME to another folder.`,
  )
}

const never = new AbortController().signal
