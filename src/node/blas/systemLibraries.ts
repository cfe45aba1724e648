/**
 * Where a system keeps a BLAS, best first.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { promisify } from "node:util"
import type { Library } from "./Library.ts"

/** Libraries that may work; whether one does shows when it is loaded. */
export const systemLibraries = async (): Promise<ReadonlyArray<Library>> => {
  switch (process.platform) {
    case "darwin":
      // The loader has Accelerate, though no file of that name is on the disk.
      return [
        library("accelerate", "/System/Library/Frameworks/Accelerate.framework/Accelerate"),
        ...existing([
          "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
          "/usr/local/opt/openblas/lib/libopenblas.dylib",
        ]),
      ]
    case "win32":
      return []
    default:
      return existing([...(await known()), ...folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))])
  }
}

const names = ["libopenblas.so.0", "libopenblas.so"]

const folders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib",
  "/opt/OpenBLAS/lib",
]

/** What the loader's cache lists. */
const known = async (): Promise<ReadonlyArray<string>> => {
  for (const command of ["ldconfig", "/sbin/ldconfig"]) {
    const listed = await promisify(execFile)(command, ["-p"]).catch(() => null)
    if (listed !== null)
      return [...listed.stdout.matchAll(/^\s*(\S+) .*=> (\S+)$/gm)].flatMap(([, name = "", path = ""]) =>
        names.includes(name) ? [path] : [],
      )
  }
  return []
}

const existing = (files: ReadonlyArray<string>): ReadonlyArray<Library> =>
  [...new Set(files)].filter((file) => existsSync(file)).map((file) => library("openblas", file))

const library = (kind: Library["kind"], file: string): Library => ({
  kind,
  source: "system",
  wheel: null,
  prefix: "",
  file,
})
