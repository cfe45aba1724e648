/**
 * Refusing to write over what a command reads or writes elsewhere.
 */
import { open, realpath, stat } from "node:fs/promises"
import { basename, dirname, join, relative, resolve } from "node:path"
import { UnusableInput } from "../errors/UnusableInput.ts"

// ---------------------------------------------------------------- model

/** A path, and the option that it comes from. */
export interface Named {
  readonly option: string
  readonly path: string
}

// ---------------------------------------------------------- destructors

/**
 * Throws `UnusableInput` where `written` is `other`, by whatever path or link, or is a file in the folder `other` that is no checkpoint and so
 * may be one of those that are read.
 */
export const checkOverwriting = async (written: Named, other: Named): Promise<void> => {
  const [target, source] = await Promise.all([realPath(written.path), realPath(other.path)])
  const [at, from] = await Promise.all([stat(target).catch(() => null), stat(source).catch(() => null)])
  const isSame = target === source || (at !== null && from !== null && at.ino === from.ino && at.dev === from.dev)
  if (isSame && from?.isDirectory() !== true)
    throw new UnusableInput(
      `${written.option} ${written.path} and ${other.option} ${other.path} are the same file. Give another file.`,
    )
  const inside = relative(source, target)
  if (
    from?.isDirectory() === true &&
    at?.isFile() === true &&
    !inside.startsWith("..") &&
    !(await isSafetensors(target))
  )
    throw new UnusableInput(
      `${written.option} ${written.path} is a file of ${other.option} ${other.path}, and no checkpoint. Give another file.`,
    )
}

/** Without links, also where the file is not there yet. */
const realPath = async (path: string): Promise<string> => {
  const full = resolve(path)
  try {
    return await realpath(full)
  } catch {
    const folder = dirname(full)
    return folder === full ? full : join(await realPath(folder), basename(full))
  }
}

/** Whether a file begins as checkpoints do: a length, and a JSON object. */
const isSafetensors = async (path: string): Promise<boolean> => {
  const handle = await open(path, "r")
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(9), 0, 9, 0)
    return bytesRead === 9 && buffer.subarray(4, 8).every((byte) => byte === 0) && buffer[8] === 0x7b
  } finally {
    await handle.close()
  }
}
