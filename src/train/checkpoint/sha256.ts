/**
 * Computes SHA-256 in hexadecimal digits. Browsers provide it only on pages of https and localhost, and it throws
 * elsewhere.
 */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  // Some pages do not have it.
  const { subtle } = globalThis.crypto as { readonly subtle?: typeof globalThis.crypto.subtle }
  if (subtle === undefined)
    throw new Error(
      "Checkpoints need SHA-256, which browsers provide only on pages of https and localhost. Use one of these.",
    )
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
