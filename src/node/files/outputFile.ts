/**
 * Files that a command writes where an option says: in full or not at all, whatever ends the process meanwhile.
 */
import { access, constants, open, readdir, rename, rm, type FileHandle } from "node:fs/promises"
import { hostname } from "node:os"
import { basename, dirname, join } from "node:path"
import { threadId } from "node:worker_threads"
import { UnusableInput } from "../errors/UnusableInput.ts"
import { codeOf, isAlive } from "./replaceFolder.ts"

// ---------------------------------------------------------------- model

/** What goes into a file, in its order. */
export type Content = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

// ---------------------------------------------------------- destructors

/** Refuses a place that cannot be written to, before any work is done. */
export const checkPlace = async (option: string, file: string): Promise<void> => {
  try {
    await access(dirname(file), constants.W_OK)
  } catch {
    throw new UnusableInput(
      `${option} ${file} cannot be written: ${dirname(file)} is not a folder that can be written to.`,
    )
  }
}

/** `write`; throws `UnusableInput` where it cannot. */
export const writeAtomically = async (option: string, file: string, content: Content): Promise<void> => {
  try {
    await write(file, content)
  } catch (error) {
    throw new UnusableInput(`${option} ${file} cannot be written: ${unwritten(error)}. Give another file.`)
  }
}

/**
 * Writes a file: into a new one beside it, which takes its place when all of it is on the disk. Until then, and where it throws, what was there
 * stays. What killed processes have left of theirs is removed.
 */
export const write = async (file: string, content: Content): Promise<void> => {
  const folder = dirname(file)
  await removeAbandoned(folder).catch(() => {}) // the place is no worse for it
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
    await rm(part, { force: true }).catch(() => {}) // the folder may be gone
    throw error
  } finally {
    begun.delete(part)
  }
  await syncFolder(folder)
}

/** Why a file was not written, as the end of a sentence. */
export const unwritten = (error: unknown): string => {
  const code = codeOf(error)
  const known: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file would be larger than is allowed",
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

/** Names beside the file, not longer ones: a name may have the most characters already. */
const partName = (n: number): string => `.bijou-${host}-${process.pid}-${threadId}-${n}.part`

const host = hostname()
  .replace(/[^\w.]/g, "")
  .slice(0, 64)

const pattern = /^\.bijou-([\w.]*)-(\d+)-(\d+)-\d+\.part$/

/** What this thread is writing. */
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

/** Bytes in one write: 2 GiB are too many. */
const MOST = 2 ** 28

/** The new name is on the disk when the folder is; not every system lets a folder be opened. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, "r")
    await handle.sync().finally(() => handle.close())
  } catch {
    // The file itself is there.
  }
}

/** What processes of this machine have begun in a folder and cannot end. */
const removeAbandoned = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const [, on, pid, thread] = pattern.exec(basename(name)) ?? []
    if (on !== host) continue
    // A number is given again: to this process, and then what it has not begun is of an older one.
    const own = Number(pid) === process.pid && Number(thread) === threadId
    if (own ? !begun.has(join(folder, name)) : !isAlive(Number(pid))) await rm(join(folder, name), { force: true })
  }
}
