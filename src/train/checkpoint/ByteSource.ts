/**
 * A source of bytes that are read in pieces, such as a file, which need not fit in memory.
 */

// ---------------------------------------------------------------- model

export interface ByteSource {
  /** The total number of bytes. */
  readonly size: number
  /** Reads the bytes [at, at + length), all within `size`, into memory that the reader may keep. */
  readonly read: (at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>
}

// --------------------------------------------------------- constructors

/** Byte sources. A program can implement its own for a file, a network or a `Blob`. */
export const ByteSource = {
  /** Makes a source of bytes in memory. */
  fromBytes: (bytes: Uint8Array): ByteSource => ({
    size: bytes.length,
    read: async (at, length) => new Uint8Array(bytes.subarray(at, at + length)),
  }),
}
