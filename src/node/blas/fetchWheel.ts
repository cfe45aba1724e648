/**
 * Fetches a wheel with pip, which uses the configured mirrors and proxies, or from PyPI directly without pip.
 */
import { createHash } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { findPip, pip } from "../programs/pip.ts"
import { address, distribution, fileName, type Wheel } from "./Wheel.ts"

/** The bytes of the wheel, checked against the pinned digest; pip writes into `folder`. Throws `NativeUnavailable`. */
export const fetchWheel = async (wheel: Wheel, folder: string, signal: AbortSignal): Promise<Uint8Array> => {
  const python = await findPip()
  const bytes = python === null ? await fromPypi(wheel) : await fromPip(python, wheel, folder, signal)
  const found = createHash("sha256").update(bytes).digest("hex")
  if (found === wheel.sha256) return bytes
  throw new NativeUnavailable(
    `${fileName(wheel)} has the digest ${found.slice(0, 12)}..., not ${wheel.sha256.slice(0, 12)}...: the download is damaged or was modified, and nothing was set up. Try again.`,
  )
}

const fromPip = async (python: string, wheel: Wheel, folder: string, signal: AbortSignal): Promise<Uint8Array> => {
  const wanted = join(folder, "requirements.txt")
  await writeFile(wanted, `${distribution}==${wheel.version} --hash=sha256:${wheel.sha256}\n`)
  // The platform is that of Node; Python may run on another.
  const platforms = wheel.platform.split(".").flatMap((platform) => ["--platform", platform])
  const only = ["--no-deps", "--only-binary=:all:", "--require-hashes", ...platforms]
  await pip(python, ["download", ...only, "-d", folder, "-r", wanted], signal).catch((error: Error) => {
    throw unreachable(wheel, `pip says: ${error.message}`)
  })
  return readFile(join(folder, fileName(wheel)))
}

const fromPypi = async (wheel: Wheel): Promise<Uint8Array> => {
  try {
    const answer = await fetch(address(wheel), { signal: AbortSignal.timeout(300_000) })
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
    throw new Error(`the answer was ${answer.status}`)
  } catch (error) {
    const { message, cause } = error as Error // fetch rejects with errors only
    const reason = cause instanceof Error ? cause.message : message
    throw unreachable(
      wheel,
      `Python with pip is not installed, and files.pythonhosted.org cannot be reached: ${reason}`,
    )
  }
}

const unreachable = (wheel: Wheel, reason: string): NativeUnavailable =>
  new NativeUnavailable(
    `${distribution} ${wheel.version} cannot be fetched: ${reason}. Connect to the network, install Python with pip or install OpenBLAS with the system's package manager, and try again.`,
  )
