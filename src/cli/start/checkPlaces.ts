/**
 * Checks the output files of `bijou start` before any work is done.
 */
import { access, constants, mkdir, rm } from "node:fs/promises"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { checkOverwriting } from "../../node/files/checkOverwriting.ts"
import { checkPlace } from "../../node/files/outputFile.ts"
import { reportPath } from "./Report.ts"
import type { Resumed } from "./Resumed.ts"
import type { StartOptions } from "./StartOptions.ts"

// ---------------------------------------------------------- destructors

/** Throws `UnusableInput` for a place that is not writable or that the run reads from. Leaves no files there. */
export const checkPlaces = async (options: StartOptions, resumed: Resumed | null): Promise<void> => {
  await checkFolder(options.out)
  await checkFiles(options, resumed)
}

/** Refuses a folder that is not writable. */
const checkFolder = async (out: string): Promise<void> => {
  try {
    const made = await mkdir(out, { recursive: true })
    await access(out, constants.W_OK)
    if (made !== undefined) await rm(made, { recursive: true })
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : ""
    throw new UnusableInput(`--out ${out} cannot be created or written to${code}. Give another folder.`)
  }
}

/** Refuses to overwrite a file that the run reads. */
const checkFiles = async ({ data, save, out }: StartOptions, resumed: Resumed | null): Promise<void> => {
  const read = data === undefined ? [] : [{ option: "--data", path: data }]
  const report = { option: "--out", path: reportPath(out) }
  const begun = resumed === null ? [] : [{ option: "--resume", path: resumed.file }]
  for (const other of [...read, ...begun]) await checkOverwriting(report, other)
  if (save === undefined) return
  for (const other of [...read, report]) await checkOverwriting({ option: "--save", path: save }, other)
  await checkPlace("--save", save)
}
