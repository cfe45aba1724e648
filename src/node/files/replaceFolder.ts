/**
 * Replaces folders of the cache completely or not at all.
 */
import { readdirSync, rmSync } from "node:fs"
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { cacheFolder } from "./folder.ts"

// ----------------------------------------------------------- combinators

/**
 * Calls `fill` to write into a folder that then replaces `target`. `spare` is for temporary files.
 *
 * Ctrl-C aborts the signal, removes unfinished folders and ends the process. The next call removes what a killed
 * process left.
 */
export const replaceFolder = async (
  target: string,
  fill: (folder: string, spare: string, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const parent = cacheFolder()
  const controller = new AbortController()
  let temporary: string | null = null
  const abandon = () => {
    controller.abort()
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
    process.exit(130)
  }
  process.once("SIGINT", abandon)
  try {
    await mkdir(parent, { recursive: true })
    removeAbandoned(parent)
    temporary = await mkdtemp(join(parent, `part-${process.pid}-`))
    const [folder, spare] = [join(temporary, basename(target)), join(temporary, "spare")]
    await mkdir(folder)
    await mkdir(spare)
    await fill(folder, spare, controller.signal)
    await remove(target)
    await rename(folder, target).catch((error: unknown) => {
      // Another process did the same first, and its folder is as good.
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error))) throw error
    })
  } catch (error) {
    throw error instanceof NativeUnavailable ? error : unwritable(error)
  } finally {
    process.off("SIGINT", abandon)
    if (temporary !== null) await rm(temporary, { recursive: true, force: true })
  }
}

/** Removes a folder, and returns whether there was one. */
export const remove = async (folder: string): Promise<boolean> => {
  const found = await stat(folder).catch(() => null)
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    throw unwritable(error)
  })
  return found !== null
}

// ---------------------------------------------------------- destructors

export const unwritable = (error: unknown): NativeUnavailable => {
  const reason = { ENOSPC: "the disk is full", EACCES: "permission is denied", EROFS: "it is read-only" }[codeOf(error)]
  return new NativeUnavailable(
    `${cacheFolder()} cannot be used: ${reason ?? (error instanceof Error ? error.message : String(error))}. Free some space or set XDG_CACHE_HOME to another folder.`,
  )
}

export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "")

/** Removes the unfinished folders of killed processes. */
const removeAbandoned = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^part-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === "EPERM"
  }
}
