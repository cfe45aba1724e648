/**
 * Refuses to overwrite what a command reads or writes elsewhere.
 */
import { open, realpath, stat } from "node:fs/promises"
import { basename, dirname, join, relative, resolve } from "node:path"
import { UnusableInput } from "../errors/UnusableInput.ts"

// ---------------------------------------------------------------- model

/** A path, and the option that names it. */
export interface Named {
  readonly option: string
  readonly path: string
}

// ---------------------------------------------------------- destructors

/**
 * Throws `UnusableInput` if `written` is `other`, by any path or link. Also throws if `written` is in the folder
 * `other` and not a checkpoint, so that it may be one of the files that are read.
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
      `${written.option} ${written.path} is a file of ${other.option} ${other.path}, and not a checkpoint. Give another file.`,
    )
}

/** Resolves links, even if the file does not exist yet. */
const realPath = async (path: string): Promise<string> => {
  const full = resolve(path)
  try {
    return await realpath(full)
  } catch {
    const folder = dirname(full)
    return folder === full ? full : join(await realPath(folder), basename(full))
  }
}

/** Returns whether a file begins as checkpoints do: with a length and a JSON object. */
const isSafetensors = async (path: string): Promise<boolean> => {
  const handle = await open(path, "r")
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(9), 0, 9, 0)
    return bytesRead === 9 && buffer.subarray(4, 8).every((byte) => byte === 0) && buffer[8] === 0x7b
  } finally {
    await handle.close()
  }
}
