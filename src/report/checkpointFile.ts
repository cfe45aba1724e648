/**
 * Checkpoints on disk.
 */
import { access, constants, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { UnusableInput } from "./errors/UnusableInput.ts"
import { codeOf } from "./native/whole.ts"

// ---------------------------------------------------------- destructors

/** The bytes of the file that `--resume` names; rejects with a sentence where it cannot be read. */
export const readCheckpoint = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file)
  } catch (error) {
    const code = codeOf(error)
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code
    throw new UnusableInput(`--resume ${file} cannot be read: ${reason}. Give a file that --save has written.`)
  }
}

/** Refuses a place for `--save` that cannot be written to, before any work is done. */
export const checkPlace = async (file: string): Promise<void> => {
  try {
    await access(dirname(file), constants.W_OK)
  } catch {
    throw new UnusableInput(
      `--save ${file} cannot be written: ${dirname(file)} is not a folder that can be written to.`,
    )
  }
}

/** Writes the file, whole or not at all: what was there stays until the new one is complete. */
export const writeCheckpoint = async (file: string, bytes: Uint8Array): Promise<void> => {
  try {
    await writeFile(`${file}.part`, bytes, { flush: true })
    await rename(`${file}.part`, file)
  } catch (error) {
    await rm(`${file}.part`, { force: true })
    throw new UnusableInput(`--save ${file} cannot be written: ${codeOf(error)}. Give another file.`)
  }
}
