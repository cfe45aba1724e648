/**
 * Where a Linux system keeps shared libraries.
 */
import { existsSync } from "node:fs"
import { execute } from "./execute.ts"

const folders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib",
  "/opt/OpenBLAS/lib",
]

// ---------------------------------------------------------- destructors

/** The existing files with one of these names: those in the loader's cache first, then those in the usual folders. */
export const findLibraries = async (names: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const usual = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))
  return [...new Set([...(await cached(names)), ...usual])].filter((file) => existsSync(file))
}

const cached = async (names: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  for (const command of ["ldconfig", "/sbin/ldconfig"]) {
    const listed = await execute(command, ["-p"]).catch(() => null)
    if (listed !== null)
      return [...listed.matchAll(/^\s*(\S+) .*=> (\S+)$/gm)].flatMap(([, name = "", path = ""]) =>
        names.includes(name) ? [path] : [],
      )
  }
  return []
}
