/**
 * Sets up a BLAS for this user, and removes it.
 */
import { readFile, writeFile } from "node:fs/promises"
import { basename, isAbsolute, join } from "node:path"
import { either as E } from "fp-ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { loadBlas, loadKoffi, type Blas } from "./Blas.ts"
import { fetchWheel } from "./fetchWheel.ts"
import { nativeFolder } from "../files/folder.ts"
import { Library } from "./Library.ts"
import { systemLibraries } from "./systemLibraries.ts"
import { distribution, thisPlatform, wheelFor } from "./Wheel.ts"
import { write } from "../files/outputFile.ts"
import { codeOf, remove, unwritable, replaceFolder } from "../files/replaceFolder.ts"

// ---------------------------------------------------------------- model

/** The source of a library: the system, PyPI, or the first of them that has one. */
export type Origin = "auto" | "system" | "pypi"

// ----------------------------------------------------------- combinators

/**
 * Finds or fetches a library that works and sets it up; `fresh` is false if it was set up already. Throws
 * `NativeUnavailable`.
 */
export const setUp = async (
  from: Origin,
  threads: number,
  say: (line: string) => void,
): Promise<{ readonly library: Library; readonly blas: Blas; readonly fresh: boolean }> => {
  await loadKoffi() // no library works without it
  const present = await working(from, threads)
  if (present !== null) return { ...present, fresh: false }
  if (from !== "pypi") {
    for (const library of await systemLibraries()) {
      const blas = await loadBlas(library, threads).catch((error: Error) => void say(error.message))
      if (!blas) continue
      await replaceFolder(nativeFolder(), async (folder) => writeManifest(folder, library))
      return { library, blas, fresh: true }
    }
    if (from === "system")
      throw new NativeUnavailable(
        "This system has no BLAS that works. Install OpenBLAS with its package manager, or run: npx bijou setup blas --from pypi",
      )
  }
  await fetched(say)
  const library = await installed()
  if (library === null) throw new NativeUnavailable(`${nativeFolder()} was removed during setup. Try again.`)
  try {
    return { library, blas: await loadBlas(library, threads), fresh: true }
  } catch (error) {
    await tearDown()
    throw error
  }
}

/** Removes the BLAS that is set up, and returns whether there was one. */
export const tearDown = (): Promise<boolean> => remove(nativeFolder())

// ---------------------------------------------------------- destructors

/**
 * The library that is set up, with a path that the loader accepts; null if there is none. Throws `NativeUnavailable` if
 * its manifest is damaged.
 */
export const installed = async (): Promise<Library | null> => {
  const folder = nativeFolder()
  const text = await readFile(join(folder, "native.json"), "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null
    throw unwritable(error)
  })
  if (text === null) return null
  const decoded = E.tryCatch(() => Library.decode(JSON.parse(text)), String)
  if (E.isLeft(decoded) || E.isLeft(decoded.right))
    throw new NativeUnavailable(`${join(folder, "native.json")} is damaged. Run: npx bijou setup blas`)
  const library = decoded.right.right
  return { ...library, file: isAbsolute(library.file) ? library.file : join(folder, library.file) }
}

/** The library that is set up, if it works, comes from the requested source and has the pinned version. */
const working = async (from: Origin, threads: number): Promise<{ library: Library; blas: Blas } | null> => {
  const library = await installed().catch(() => null)
  if (library === null || (from !== "auto" && library.source !== from)) return null
  if (library.wheel !== null && library.wheel !== wheelFor(thisPlatform())?.version) return null
  const blas = await loadBlas(library, threads).catch(() => null)
  return blas === null ? null : { library, blas }
}

const fetched = async (say: (line: string) => void): Promise<void> => {
  const platform = thisPlatform()
  const wheel = wheelFor(platform)
  if (wheel === null)
    throw new NativeUnavailable(
      `PyPI has no OpenBLAS for ${platform}. Install OpenBLAS with the system's package manager and try again.`,
    )
  say(`Fetching ${distribution} ${wheel.version} from PyPI (5 to 9 MB) ...`)
  await replaceFolder(nativeFolder(), async (folder, spare, signal) => {
    const bytes = await fetchWheel(wheel, spare, signal)
    const { unzipSync } = await import("fflate")
    const wanted = (name: string) => name === wheel.library || /\.dist-info\/licenses\/[^/]+$/.test(name)
    const files = unzipSync(bytes, { filter: ({ name }) => wanted(name) })
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, basename(name)), content)
    const file = basename(wheel.library)
    await writeManifest(folder, { kind: "openblas", source: "pypi", wheel: wheel.version, prefix: "scipy_", file })
  })
}

const writeManifest = (folder: string, library: Library): Promise<void> =>
  write(join(folder, "native.json"), `${JSON.stringify(Library.encode(library), null, 2)}\n`)
