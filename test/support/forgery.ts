/**
 * Forged checkpoints with matching digests, which the ranges of a run must refuse.
 */
import { createHash } from "node:crypto"
import type { Run } from "bijou/net"

export interface Contents {
  readonly arrays: Readonly<Record<string, { readonly data_offsets: readonly [number, number] }>>
  /** The value of `bijou` in the metadata. */
  readonly stored: Readonly<Record<string, unknown>> & { readonly run: Run }
}

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

/** The contents of a checkpoint's header. */
export const contentsOf = (bytes: Uint8Array): Contents => {
  let contents: Contents | null = null
  rewritten(bytes, (found) => (contents = found))
  if (contents === null) throw new Error("nothing was read")
  return contents
}

/**
 * Returns the same bytes with other contents, `stored` as a value or as its JSON. If the numbers change, so do their
 * digests.
 */
export const rewritten = (
  bytes: Uint8Array,
  change: (contents: Contents) => { readonly arrays: unknown; readonly stored: unknown },
  numbers: (data: Uint8Array) => void = () => {},
): Uint8Array => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const { __metadata__: metadata, ...others } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  const arrays: Contents["arrays"] = others
  const data = bytes.slice(8 + length)
  numbers(data)
  const before = JSON.parse(metadata.bijou)
  const fresh = Object.values(arrays).map(({ data_offsets: [begin, end] }) => sha256(data.subarray(begin, end)))
  const { stored, ...changed } = change({ arrays, stored: { ...before, sha256: fresh } })
  const headerWith = (digest: string): Uint8Array => {
    const texts = {
      ...metadata,
      "bijou.sha256": digest,
      bijou: typeof stored === "string" ? stored : JSON.stringify(stored),
    }
    const json = JSON.stringify({ __metadata__: texts, ...Object(changed.arrays) })
    return new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8))
  }
  const header = headerWith(sha256(headerWith("0".repeat(64))))
  const all = new Uint8Array(8 + header.length + data.length)
  new DataView(all.buffer).setBigUint64(0, BigInt(header.length), true)
  all.set(header, 8)
  all.set(data, 8 + header.length)
  return all
}
