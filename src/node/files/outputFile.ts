/**
 * Writes the output files of a command completely or not at all, even if the process is killed meanwhile.
 */
import { access, constants, open, readdir, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises"
import { hostname } from "node:os"
import { basename, dirname, join } from "node:path"
import { threadId } from "node:worker_threads"
import { UnusableInput } from "../errors/UnusableInput.ts"
import { codeOf, isAlive } from "./replaceFolder.ts"

// ---------------------------------------------------------------- model

/** The contents of a file, in order. */
export type Content = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

// ---------------------------------------------------------- destructors

/** Checks that a place is writable, before any work is done. */
export const checkPlace = async (option: string, file: string): Promise<void> => {
  try {
    await access(dirname(file), constants.W_OK)
  } catch {
    throw new UnusableInput(
      `${option} ${file} cannot be written: ${dirname(file)} is not a folder that can be written to.`,
    )
  }
}

/** Writes a file with `write`. Throws `UnusableInput` if that fails. */
export const writeAtomically = async (option: string, file: string, content: Content): Promise<void> => {
  try {
    await write(file, content)
  } catch (error) {
    throw new UnusableInput(`${option} ${file} cannot be written: ${unwritten(error)}. Give another file.`)
  }
}

/**
 * Writes a file: it writes a new file next to it, which replaces it once it is completely on the disk. Until then, and
 * if it throws, the old file stays. Removes the unfinished files of killed processes.
 */
export const write = async (path: string, content: Content): Promise<void> => {
  const file = await regularFile(path)
  const folder = dirname(file)
  await removeAbandoned(folder).catch(() => {}) // they do no harm
  const [part, handle] = await openNew(folder)
  try {
    try {
      if (typeof content === "string") await handle.writeFile(content)
      else for await (const bytes of content) await writeAll(handle, bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {}) // the folder may not exist any more
    throw error
  } finally {
    begun.delete(part)
  }
  await syncFolder(folder)
}

/** Returns why a file was not written, as the end of a sentence. */
export const unwritten = (error: unknown): string => {
  const code = codeOf(error)
  const known: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file would be larger than the allowed size",
    EACCES: "permission is denied",
    EPERM: "permission is denied",
    EROFS: "the disk is read-only",
    ENOENT: "its folder does not exist",
    ENOTDIR: "its folder is not a folder",
    EISDIR: "it is a folder",
    EIO: "the disk has failed",
  }
  return known[code] ?? (error instanceof Error ? error.message.replace(/\.$/, "") : String(error))
}

/** The file that a path leads to, through links. Throws for a place that is there and is not a regular file. */
const regularFile = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => null)
  if (found === null) return path
  if (!found.isFile() && !found.isDirectory()) throw new Error("it is a device, a pipe or a socket, not a regular file")
  return found.isFile() ? realpath(path) : path
}

/** The name is next to the file's, but does not extend it, because a name can already have the maximal length. */
const partName = (n: number): string => `.bijou-${host()}-${process.pid}-${threadId}-${n}.part`

/** Read where a file is written, not on import: Deno asks for permission. */
const host = (): string =>
  hostname()
    .replace(/[^\w.]/g, "")
    .slice(0, 64)

const pattern = /^\.bijou-([\w.]*)-(\d+)-(\d+)-\d+\.part$/

/** The files that this thread is writing. */
const begun = new Set<string>()

const openNew = async (folder: string): Promise<readonly [path: string, handle: FileHandle]> => {
  for (let n = 0; ; n++) {
    const path = join(folder, partName(n))
    if (begun.has(path)) continue
    begun.add(path)
    try {
      return [path, await open(path, "wx")]
    } catch (error) {
      begun.delete(path)
      if (codeOf(error) !== "EEXIST") throw error
    }
  }
}

const writeAll = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, MOST))
    at += bytesWritten
  }
}

/** The most bytes per write: a write of 2 GiB fails. */
const MOST = 2 ** 28

/** Flushes the folder, and with it the new name, to the disk. Not every system can open a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, "r")
    await handle.sync().finally(() => handle.close())
  } catch {
    // The file itself is written.
  }
}

/** Removes the unfinished files that killed processes of this machine left in a folder. */
const removeAbandoned = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const [, on, pid, thread] = pattern.exec(basename(name)) ?? []
    if (on !== host()) continue
    // Process ids are reused. A file of this id that this process did not begin belongs to an older process.
    const own = Number(pid) === process.pid && Number(thread) === threadId
    if (own ? !begun.has(join(folder, name)) : !isAlive(Number(pid))) await rm(join(folder, name), { force: true })
  }
}
