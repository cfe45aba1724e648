/**
 * Where `save` and `load` find files: a program in Node has them, a page does not.
 */
import type { ByteSource } from "./ByteSource.ts"

/** Files by path. */
export interface Files {
  /** Rejects where there is no such file. */
  readonly open: (path: string) => Promise<ByteSource & { readonly close: () => Promise<void> }>
  /** Writes a file as a whole or not at all. */
  readonly write: (path: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>
}

/** The files of a page: none. */
export const noFiles: Files = {
  open: async (path) => {
    throw new RangeError(`There are no files here, so ${path} cannot be read. Give bytes, a File or a URL.`)
  },
  write: async (path) => {
    throw new RangeError(
      `There are no files here, so ${path} cannot be written. Leave the path out to get bytes, or give a WritableStream.`,
    )
  },
}
