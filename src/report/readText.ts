/**
 * Training text from disk.
 */
import { readdir, readFile, stat } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { either as E, type taskEither as TE } from "fp-ts"
import { UnusableInput } from "./errors/UnusableInput.ts"

// ---------------------------------------------------------- destructors

/** The bytes of a file, or of all text files below a folder in the order of their paths. */
export const readText =
  (path: string): TE.TaskEither<UnusableInput, Uint8Array> =>
  async () => {
    try {
      const found = await stat(path)
      if (!found.isDirectory() && !found.isFile())
        return refuse(
          `--data ${path} is neither a file nor a folder. Give a file with text in it, or a folder of such files.`,
        )
      const bytes = found.isDirectory() ? await readFolder(path, () => true) : await readFile(path)
      if (bytes.length > 0) return E.right(bytes)
      return refuse(`--data ${path} holds no text. Give a file with text in it, or a folder of such files.`)
    } catch (error) {
      return refuse(`--data ${path} cannot be read: ${reason(error)}. Give a file, or a folder of files.`)
    }
  }

/** The declaration files of the installed typescript package. */
export const declarations: TE.TaskEither<UnusableInput, Uint8Array> = async () => {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "lib")
    const bytes = await readFolder(folder, (name) => name.endsWith(".d.ts"))
    if (bytes.length > 0) return E.right(bytes)
  } catch {
    // The sentence below says all that a user can do about it.
  }
  return refuse(
    "The package typescript, whose declarations are the default text, is not installed. Give a text with --data.",
  )
}

const refuse = (sentence: string) => E.left(new UnusableInput(sentence))

const reason = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error)
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission is denied",
    ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
  }
  return known[code] ?? code
}

const readFolder = async (folder: string, wanted: (name: string) => boolean): Promise<Uint8Array> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  const files: Uint8Array[] = []
  for (const path of paths) {
    const bytes = await readFile(path)
    const isText = !bytes.subarray(0, 8192).includes(0)
    if (isText) files.push(bytes)
  }
  return Buffer.concat(files)
}
