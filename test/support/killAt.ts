/**
 * Kills the process that imports it during a call that writes a file. KILL_AT is a call and its number among calls of
 * its kind, such as "rename:3".
 */
import fs from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"
import process from "node:process"

const [call, nth] = (process.env["KILL_AT"] ?? "").split(":")

let seen = 0

/** Whether this is the call. `before` is the part of it that has happened. */
const reach = async (name: string, before: () => Promise<unknown> = async () => {}): Promise<void> => {
  if (name !== call || ++seen < Number(nth)) return
  await before()
  process.kill(process.pid, "SIGKILL")
}

const { open, rename } = fs

fs.open = async (path, flags, ...rest) => {
  if (flags !== "wx") return open(path, flags, ...rest)
  await reach("open")
  const handle = await open(path, flags, ...rest)
  const { write, sync, close } = handle
  // Among its overloads, the files that are killed here use this one.
  const writeBytes = (bytes: Uint8Array, at: number, length: number): ReturnType<typeof write<Uint8Array>> =>
    Reflect.apply(write, handle, [bytes, at, length])
  return Object.assign(handle, {
    write: async (bytes: Uint8Array, at: number, length: number) => {
      await reach("write", () => writeBytes(bytes, at, Math.floor(length / 2)))
      return writeBytes(bytes, at, length)
    },
    sync: async () => {
      await reach("sync")
      return sync.call(handle)
    },
    close: async () => {
      await reach("close")
      return close.call(handle)
    },
  })
}

fs.rename = async (from, to) => {
  await reach("rename")
  await rename(from, to)
  await reach("renamed")
}

syncBuiltinESMExports()
