/**
 * The files of Node, for `save` and `load`.
 */
import type { Files } from "../../train/checkpoint/Files.ts"
import { openFile } from "./fileSource.ts"
import { unwritten, write } from "./outputFile.ts"

/** Files by path. A file is written in full or not at all. */
export const nodeFiles: Files = {
  open: async (path) => {
    try {
      return await openFile(path)
    } catch (error) {
      throw new RangeError(`${path} cannot be read: ${unread(error)}.`, { cause: error })
    }
  },
  write: async (path, pieces) => {
    try {
      await write(path, pieces)
    } catch (error) {
      throw new RangeError(`${path} cannot be written: ${unwritten(error)}.`, { cause: error })
    }
  },
}

const unread = (error: unknown): string => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : ""
  if (code === "ENOENT") return "there is no such file"
  if (code === "EISDIR") return "it is a folder"
  return unwritten(error)
}
