/**
 * Setting TensorFlow up for this user, and taking it away again.
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

/** What is set up now; `fresh` is false where it was before, and `problem` is why there is no op library where there should be one. */
export interface SetUp {
  readonly tensorflow: Tensorflow
  readonly fresh: boolean
  readonly problem: string | null
}

/** Told how many hundredths of the work are done, and what comes next. */
export type Tell = (done: number, next: string) => void

/** The version that is set up unless another is asked for. */
export const pinnedVersion = "2.21.0"

// ----------------------------------------------------------- combinators

/** Fetches and builds what is missing; until all of it works, what was set up before stays. Throws `NativeUnavailable`. */
export const setUpTensorflow = async (wanted: Wanted, tell: Tell): Promise<SetUp> => {
  const obstacle = whyNot(wanted.device)
  if (obstacle !== null) throw new NativeUnavailable(obstacle)
  const library = wanted.device === "cpu" ? await opLibraryName() : null
  const present = await working(wanted)
  if (present === null) return fetched(await preparedFor(wanted), wanted, library, tell)
  if (present.opLibrary === library && (library === null || present.processor === processor()))
    return { tensorflow: present, fresh: false, problem: null }
  tell(0, "building the op library")
  const folder = tensorflowFolder()
  const { tensorflow, problem } = await withLibrary(await findToolchain(), folder, wanted, library, never)
  if (present.opLibrary !== null && present.opLibrary !== tensorflow.opLibrary)
    await rm(join(folder, present.opLibrary), { force: true })
  return { tensorflow, fresh: problem === null, problem }
}

/** Removes what was set up; whether there was anything. */
export const tearDownTensorflow = (): Promise<boolean> => remove(tensorflowFolder())

const fetched = async (toolchain: Toolchain, wanted: Wanted, library: string | null, tell: Tell): Promise<SetUp> => {
  const { python } = toolchain
  const { device, version } = wanted
  let made: Omit<SetUp, "fresh"> | null = null
  await replaceFolder(tensorflowFolder(), async (folder, spare, signal) => {
    tell(0, `fetching TensorFlow ${version} by pip, ${device === "cpu" ? "270 MB" : "600 MB"}`)
    await fetchTensorflow(python, wanted, spare, signal)
    tell(30, "unpacking it")
    await unpackTensorflow(python, spare, folder, signal)
    if (device === "gpu") {
      tell(40, "fetching NVIDIA's libraries by pip, 2 GB")
      await fetchCuda(python, spare, folder, signal)
    }
    tell(50, "fetching its binding by npm")
    await fetchPackages(toolchain, spare, folder, signal)
    tell(55, "building the binding")
    await buildBinding(toolchain, folder, signal)
    tell(75, library === null ? "trying it" : "building the op library")
    made = await withLibrary(toolchain, folder, wanted, library, signal)
    tell(100, "done")
  })
  if (made === null) throw new Error("what was set up is not known")
  return { ...(made as Omit<SetUp, "fresh">), fresh: true } // assigned in the callback, where the compiler does not follow
}

/** Builds the op library into a folder that has the binding, tries both, and writes the manifest. */
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
      "TensorFlow sees no GPU here, though there is a driver: it may be too old, or the GPU in use by others. Look at what nvidia-smi says, or leave --gpu out.",
    )
  const tensorflow = { device, version: trial.version, opLibrary: built, processor: processor() }
  await writeManifest(folder, tensorflow)
  return { tensorflow, problem }
}

// ---------------------------------------------------------- destructors

/** What is set up, where it works and is what is asked for. */
const working = async ({ device, version }: Wanted): Promise<Tensorflow | null> => {
  const present = await installedTensorflow().catch(() => null)
  if (present === null || present.device !== device || present.version !== version) return null
  const trial = await tryOut(addonsOf(tensorflowFolder(), null), never).catch(() => null)
  return trial === null ? null : present
}

/** Why it cannot be set up here, in a sentence; null where it can. */
export const whyNot = (device: Device): string | null => {
  const platform = thisPlatform()
  if (!(device === "cpu" ? ["linux-x64", "linux-arm64"] : ["linux-x64"]).includes(platform))
    return `TensorFlow is set up on Linux with glibc${device === "cpu" ? "" : ", for GPUs on x64"} alone, and this is ${platform}. Use the backend wasm with a BLAS: npx bijou setup blas`
  if (device === "gpu" && !existsSync("/proc/driver/nvidia/version") && !existsSync("/usr/lib/wsl/lib/libcuda.so.1"))
    return "There is no driver of an NVIDIA GPU on this machine. Install it, or leave --gpu out: npx bijou setup tensorflow"
  return null
}

/** Finds tools and room before anything is fetched. */
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
    `TensorFlow needs ${needed} GB while it is set up, and ${folder} has ${free.toFixed(1)} GB left. Make room or set XDG_CACHE_HOME to another folder.`,
  )
}

const never = new AbortController().signal
