/**
 * Files that a command writes where an option says.
 */
import { access, constants, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { UnusableInput } from "./errors/UnusableInput.ts"

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

/** Writes the file, whole or not at all: what was there stays until the new one is complete. */
export const writeWhole = async (option: string, file: string, content: string | Uint8Array): Promise<void> => {
  try {
    await writeFile(`${file}.part`, content, { flush: true })
    await rename(`${file}.part`, file)
  } catch (error) {
    await rm(`${file}.part`, { force: true })
    throw new UnusableInput(`${option} ${file} cannot be written (${String(error)}). Give another file.`)
  }
}
