/**
 * Where `bijou start` writes, checked before any work is done.
 */
import { access, constants, mkdir, rm } from "node:fs/promises"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { checkOverwriting } from "../../node/files/checkOverwriting.ts"
import { checkPlace } from "../../node/files/outputFile.ts"
import { reportPath } from "./Report.ts"
import type { Resumed } from "./Resumed.ts"
import type { StartOptions } from "./StartOptions.ts"

// ---------------------------------------------------------- destructors

/** Refuses a place that cannot be written to, and one whose file is read; leaves nothing behind. Throws `UnusableInput`. */
export const checkPlaces = async (options: StartOptions, resumed: Resumed | null): Promise<void> => {
  await checkFolder(options.out)
  await checkFiles(options, resumed)
}

/** Refuses a folder that cannot be written to; leaves nothing there. */
const checkFolder = async (out: string): Promise<void> => {
  try {
    const made = await mkdir(out, { recursive: true })
    await access(out, constants.W_OK)
    if (made !== undefined) await rm(made, { recursive: true })
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : ""
    throw new UnusableInput(`--out ${out} is not a folder that can be made and written to${code}. Give another folder.`)
  }
}

/** Refuses to write over what is read. */
const checkFiles = async ({ data, save, out }: StartOptions, resumed: Resumed | null): Promise<void> => {
  const read = data === undefined ? [] : [{ option: "--data", path: data }]
  const report = { option: "--out", path: reportPath(out) }
  const begun = resumed === null ? [] : [{ option: "--resume", path: resumed.file }]
  for (const other of [...read, ...begun]) await checkOverwriting(report, other)
  if (save === undefined) return
  for (const other of [...read, report]) await checkOverwriting({ option: "--save", path: save }, other)
  await checkPlace("--save", save)
}
