/**
 * The BLAS libraries of a system, best first.
 */
import { existsSync } from "node:fs"
import { findLibraries } from "../programs/findLibraries.ts"
import type { Library } from "./Library.ts"

/** The candidates; loading one shows whether it works. */
export const systemLibraries = async (): Promise<ReadonlyArray<Library>> => {
  switch (process.platform) {
    case "darwin":
      // The loader resolves Accelerate from its own cache: there is no such file on disk.
      return [
        library("accelerate", "/System/Library/Frameworks/Accelerate.framework/Accelerate"),
        ...["/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "/usr/local/opt/openblas/lib/libopenblas.dylib"]
          .filter((file) => existsSync(file))
          .map((file) => library("openblas", file)),
      ]
    case "win32":
      return []
    default:
      return (await findLibraries(["libopenblas.so.0", "libopenblas.so"])).map((file) => library("openblas", file))
  }
}

const library = (kind: Library["kind"], file: string): Library => ({
  kind,
  source: "system",
  wheel: null,
  prefix: "",
  file,
})
