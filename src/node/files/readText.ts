/**
 * Reads training text from disk.
 */
import type { Dirent } from "node:fs"
import { readdir, readFile, realpath, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { either as E, type taskEither as TE } from "fp-ts"
import { UnusableInput } from "../errors/UnusableInput.ts"

// ---------------------------------------------------------- destructors

/**
 * Reads a file, or all text files in a folder in the order of their paths. It follows links, and reads each file once.
 * It skips hidden files and folders. `tell` receives a sentence for each other file that is skipped and for each that
 * is converted.
 */
export const readText =
  (path: string, tell: (sentence: string) => void): TE.TaskEither<UnusableInput, Uint8Array> =>
  async () => {
    try {
      const found = await stat(path)
      if (!found.isDirectory() && !found.isFile())
        return refuse(
          `--data ${path} is neither a file nor a folder. Give a file with text in it, or a folder of such files.`,
        )
      const bytes = found.isDirectory() ? await readFolder(path, tell) : await readOne(path, tell)
      if (bytes.length > 0) return E.right(bytes)
      return refuse(`--data ${path} contains no text. Give a file with text in it, or a folder of such files.`)
    } catch (error) {
      if (error instanceof UnusableInput) return E.left(error)
      return refuse(`--data ${path} cannot be read: ${reason(error)}. Give a file, or a folder of files.`)
    }
  }

/**
 * Reads the declaration files of this package, a text that is the same to the byte in every installation of a version.
 */
export const declarations: TE.TaskEither<UnusableInput, Uint8Array> = async () => {
  const built = fileURLToPath(new URL("../../..", import.meta.url))
  try {
    const files: Uint8Array[] = []
    for (const path of (await filesBelow(built, () => {})).filter((file) => file.endsWith(".d.ts")))
      files.push(await readFile(path))
    const bytes = Buffer.concat(files)
    if (bytes.length > 0) return E.right(bytes)
  } catch {
    // The message below says all that a user can do about it.
  }
  return refuse(
    `The default text, the declaration files of bijou in ${built}, cannot be read. Install bijou again (in a clone: npm run build), or give a text with --data.`,
  )
}

const refuse = (sentence: string) => E.left(new UnusableInput(sentence))

const reason = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error)
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission is denied",
    ELOOP: "its links form a cycle",
    ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
  }
  return known[code] ?? code
}

/** Reads a file that the user names, whatever its contents, unless it is clearly text in another encoding. */
const readOne = async (path: string, tell: (sentence: string) => void): Promise<Uint8Array> => {
  const bytes = await readFile(path)
  const text = fromUtf16(bytes)
  if (text !== null) tell(`${path} is UTF-16. It is read as UTF-8.`)
  else if (isUnmarkedUtf16(bytes)) throw new UnusableInput(`--data ${path} ${unmarked}`)
  return text ?? bytes
}

const readFolder = async (folder: string, tell: (sentence: string) => void): Promise<Uint8Array> => {
  const files: Uint8Array[] = []
  const others: string[] = []
  for (const path of await filesBelow(folder, tell)) {
    try {
      const bytes = await readFile(path)
      const text = fromUtf16(bytes)
      if (text !== null) {
        tell(`${path} is UTF-16. It is read as UTF-8.`)
        files.push(text)
      } else if (isUnmarkedUtf16(bytes)) tell(`${path} is skipped: it ${unmarked}`)
      else if (bytes.subarray(0, sample).includes(0)) others.push(path)
      else files.push(bytes)
    } catch (error) {
      tell(`${path} is skipped: ${reason(error)}.`)
    }
  }
  const more = others.length === 1 ? "" : ` and ${others.length - 1} more`
  if (others.length > 0)
    tell(`${others[0]}${more} ${more === "" ? "is" : "are"} skipped, with bytes that text does not contain.`)
  return Buffer.concat(files)
}

/**
 * Lists all visible files in a folder in the order of their paths, which is the same on every system. It follows links
 * after everything else, so that a file and a link to it are read once, by the file's own name, and cycles of links
 * end.
 */
const filesBelow = async (folder: string, tell: (sentence: string) => void): Promise<ReadonlyArray<string>> => {
  const seen = new Set<string>()
  const isNew = async (path: string): Promise<boolean> => seen.size < seen.add(await realpath(path)).size
  const paths: string[] = []
  const links: string[] = []
  const visit = async (path: string): Promise<void> => {
    for (const entry of await visible(path)) {
      const inner = join(path, entry.name)
      if (entry.isSymbolicLink()) links.push(inner)
      else await take(inner, entry)
    }
  }
  const take = async (path: string, found: Pick<Dirent, "isDirectory" | "isFile">): Promise<void> => {
    try {
      if (!found.isDirectory() && !found.isFile()) return
      if (!(await isNew(path))) return
      if (found.isFile()) paths.push(path)
      else await visit(path)
    } catch (error) {
      tell(`${path} is skipped: ${reason(error)}.`)
    }
  }
  await isNew(folder)
  await visit(folder)
  // The list grows while links lead to folders that contain links.
  for (const link of links) {
    try {
      await take(link, await stat(link))
    } catch (error) {
      tell(`${link} is skipped: ${reason(error)}.`)
    }
  }
  const place = new Map(paths.map((path) => [path, relative(folder, path).replaceAll(sep, "/")]))
  const before = (a: string, b: string): number => ((place.get(a) ?? a) < (place.get(b) ?? b) ? -1 : 1)
  return paths.toSorted(before)
}

const visible = async (folder: string): Promise<ReadonlyArray<Dirent>> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith("."))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** How many bytes decide what a file is. */
const sample = 8192

const unmarked =
  "looks like UTF-16 without a byte order mark. Convert it: iconv -f UTF-16LE -t UTF-8 (or UTF-16BE, as it is written)."

/** Returns the UTF-8 bytes of a text that begins with UTF-16's byte order mark, or null if it is not valid text. */
const fromUtf16 = (bytes: Uint8Array): Uint8Array | null => {
  const [first = 0, second = 0] = bytes
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-16be"
  if (encoding === "utf-16be" && !(first === 0xfe && second === 0xff)) return null
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.includes("\0") ? null : new TextEncoder().encode(text)
  } catch {
    return null
  }
}

/** Returns whether nearly every second byte is 0 and no other is, as in English text in UTF-16. */
const isUnmarkedUtf16 = (bytes: Uint8Array): boolean => {
  const part = bytes.subarray(0, sample)
  const zeros: [number, number] = [0, 0]
  for (const [i, byte] of part.entries()) if (byte === 0) zeros[i % 2 === 0 ? 0 : 1]++
  return part.length >= 4 && Math.min(...zeros) === 0 && Math.max(...zeros) > 0.9 * Math.floor(part.length / 2)
}
