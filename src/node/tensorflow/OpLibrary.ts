/**
 * The op library: fused kernels in C++, built from sources in the package.
 */
import { createHash } from "node:crypto"
import { readdir, readFile, rename } from "node:fs/promises"
import { createRequire } from "node:module"
import { cpus } from "node:os"
import { dirname, join } from "node:path"
import { codeOf } from "../files/replaceFolder.ts"
import { compile, linkedTo } from "./compile.ts"
import type { Toolchain } from "./Toolchain.ts"

// --------------------------------------------------------- constructors

/** Compiles the sources for this processor. Returns null, or the error of the compiler. */
export const buildOpLibrary = async (
  toolchain: Toolchain,
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<string | null> => {
  const flags = ["-O3", "-march=native", "-ffp-contract=off", "-w"]
  const failure = await compile(
    toolchain,
    folder,
    [...flags, join(sources(), "ops.cc"), ...linkedTo(folder)],
    `${name}.part`,
    signal,
  )
  if (failure === null) await rename(join(folder, `${name}.part`), join(folder, name))
  return failure
}

// ---------------------------------------------------------- destructors

/** The file name of a library of the current sources; null if the package has no sources. */
export const opLibraryName = async (): Promise<string | null> => {
  const files = await readdir(sources()).catch((error: unknown): string[] => {
    if (codeOf(error) === "ENOENT") return []
    throw error
  })
  if (!files.includes("ops.cc")) return null
  const digest = createHash("sha256")
  for (const file of files.toSorted()) digest.update(file).update(await readFile(join(sources(), file)))
  return `bijou_ops-${digest.digest("hex").slice(0, 12)}.node`
}

/** The processor for which libraries are built here. */
export const processor = (): string => cpus()[0]?.model.trim() ?? process.arch

const sources = (): string => join(dirname(createRequire(import.meta.url).resolve("bijou/package.json")), "native")
