/**
 * Bytes that are read in pieces, such as those of a file, which need not fit into memory.
 */

// ---------------------------------------------------------------- model

export interface ByteSource {
  /** Bytes in all. */
  readonly size: number
  /** The bytes [at, at + length), all inside of `size`, in memory that the reader may keep. */
  readonly read: (at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>
}

// --------------------------------------------------------- constructors

/** Sources of bytes; a program has its own for a file, a network or a `Blob`. */
export const ByteSource = {
  /** Bytes that are in memory already. */
  fromBytes: (bytes: Uint8Array): ByteSource => ({
    size: bytes.length,
    read: async (at, length) => new Uint8Array(bytes.subarray(at, at + length)),
  }),
}
