/**
 * A file that is read in pieces.
 */
import { open } from "node:fs/promises"
import type { ByteSource } from "../../train/checkpoint/ByteSource.ts"

// ---------------------------------------------------------------- model

export interface FileSource extends ByteSource {
  readonly close: () => Promise<void>
}

// --------------------------------------------------------- constructors

/**
 * Opens a file. It keeps reading this file even if another takes its place. Rejects as `node:fs` does, with the code
 * `EISDIR` for a folder.
 */
export const openFile = async (path: string): Promise<FileSource> => {
  const handle = await open(path, "r")
  const stat = await handle.stat()
  if (stat.isDirectory()) {
    await handle.close()
    throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR" })
  }
  const { size } = stat
  return {
    size,
    read: async (at, length) => {
      const bytes = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, MOST), at + done)
        if (bytesRead === 0) throw new Error(`${path} ended at byte ${at + done} of ${size} while it was read`)
        done += bytesRead
      }
      return bytes
    },
    close: () => handle.close(),
  }
}

/** The most bytes per read: a read of 2 GiB fails. */
const MOST = 2 ** 28
