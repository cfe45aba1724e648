/** SHA-256, in hexadecimal digits. Browsers have it on pages of https and localhost alone; elsewhere it throws. */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const { subtle } = globalThis.crypto as { readonly subtle?: typeof globalThis.crypto.subtle } // some pages do not have it
  if (subtle === undefined)
    throw new Error(
      "Checkpoints need SHA-256, which browsers give to pages of https and localhost alone. Use one of these.",
    )
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
