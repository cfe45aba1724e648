/**
 * What `--data` reads, what it skips, its messages, and how long a text must be.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { either as E } from "fp-ts"
import { useBackend } from "bijou/tensor"
import { Text } from "bijou/net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readText } from "../../src/node/files/readText.ts"

const place = mkdtempSync(join(tmpdir(), "bijou-text-"))
afterAll(() => rmSync(place, { recursive: true, force: true }))

let count = 0

/** A folder of these files, by their relative paths. */
const folderOf = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = join(place, String(count++))
  mkdirSync(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** The text or the error message, and the messages meanwhile. */
const read = async (path: string) => {
  const said: string[] = []
  const bytes = await readText(path, (sentence) => said.push(sentence))()
  return { text: E.isRight(bytes) ? Buffer.from(bytes.right).toString() : bytes.left.message, said }
}

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le")
const marked = (text: string): Buffer => utf16(`\uFEFF${text}`)

describe("a folder of text", () => {
  it("is read in the order of paths, without hidden files and folders", async () => {
    const folder = folderOf({
      "b.txt": "2",
      "a/z.txt": "1",
      "a.txt": "0",
      "b/deep/er.txt": "3",
      ".env": "secret",
      ".git/config": "secret",
      "a/.ssh/id_rsa": "secret",
      "a/.ssh/deep/er": "secret",
    })
    expect(await read(folder)).toEqual({ text: "0123", said: [] })
    expect((await read(join(folder, ".git"))).text).toBe("secret")
  })

  it("is read through links to files and folders, as in caches of data sets", async () => {
    const cache = folderOf({ "blobs/b1": "one", "blobs/b2": "two", "more/deep/three": "three" })
    const snapshot = join(cache, "snapshots", "main")
    mkdirSync(snapshot, { recursive: true })
    symlinkSync("../../blobs/b2", join(snapshot, "a.txt"))
    symlinkSync("../../blobs/b1", join(snapshot, "b.txt"))
    symlinkSync("../../more", join(snapshot, "c"))
    expect(await read(snapshot)).toEqual({ text: "twoonethree", said: [] })
    // Each file of the cache is read once.
    expect(await read(cache)).toEqual({ text: "onetwothree", said: [] })
  })

  it("is read to its end despite cycles of links, and broken links are named", async () => {
    const folder = folderOf({ "a/text": "one", "b/text": "two" })
    symlinkSync("..", join(folder, "a", "up"))
    symlinkSync("../b", join(folder, "a", "b"))
    symlinkSync("../a", join(folder, "b", "a"))
    symlinkSync("self", join(folder, "self"))
    symlinkSync("nowhere", join(folder, "gone"))
    const { text, said } = await read(folder)
    expect(text).toBe("onetwo")
    expect(said).toEqual([
      `${join(folder, "gone")} is skipped: there is no such file or folder.`,
      `${join(folder, "self")} is skipped: its links form a cycle.`,
    ])
  })

  it("has its UTF-16 read as UTF-8, and names the skipped files", async () => {
    const folder = folderOf({
      "a.txt": marked("Grüße, 世界\n"),
      "b.txt": marked("big endian\n").swap16(),
      "c.txt": utf16("without a mark\n"),
      "d.png": Uint8Array.of(137, 80, 0, 0),
      "e.bin": Uint8Array.of(0xff, 0xfe, 0, 0xd8, 1, 0), // half a surrogate pair after the mark
      "f.txt": "plain\n",
    })
    const { text, said } = await read(folder)
    expect(text).toBe("Grüße, 世界\nbig endian\nplain\n")
    expect(said).toEqual([
      `${join(folder, "a.txt")} is UTF-16. It is read as UTF-8.`,
      `${join(folder, "b.txt")} is UTF-16. It is read as UTF-8.`,
      `${join(folder, "c.txt")} is skipped: it looks like UTF-16 without a byte order mark. Convert it: iconv -f UTF-16LE -t UTF-8 (or UTF-16BE, as it is written).`,
      `${join(folder, "d.png")} and 1 more are skipped, with bytes that text does not contain.`,
    ])
  })

  it("names the files without permission, and reads the rest", async () => {
    const folder = folderOf({ "a.txt": "one", "b/c.txt": "two", "d.txt": "three" })
    chmodSync(place, 0o755)
    chmodSync(join(folder, "a.txt"), 0)
    chmodSync(join(folder, "b"), 0)
    // Root has permission for everything, so this reads as an unprivileged user.
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65534)
    const { text, said } = await read(folder).finally(() => {
      if (root) process.seteuid?.(0)
      chmodSync(join(folder, "b"), 0o700)
    })
    expect(text).toBe("three")
    expect(said.toSorted()).toEqual([
      `${join(folder, "a.txt")} is skipped: permission is denied.`,
      `${join(folder, "b")} is skipped: permission is denied.`,
    ])
  })

  it("is refused if no text remains", async () => {
    const folder = folderOf({ ".git/config": "secret" })
    expect((await read(folder)).text).toContain(`--data ${folder} contains no text.`)
  })
})

describe("a file of text", () => {
  it("is read as it is, UTF-16 as UTF-8, and refused if its encoding can only be guessed", async () => {
    const folder = folderOf({
      "plain.bin": Uint8Array.of(1, 0, 2, 3),
      "marked.txt": marked("text"),
      "unmarked.txt": utf16("text"),
    })
    expect(await read(join(folder, "plain.bin"))).toEqual({ text: "\x01\0\x02\x03", said: [] })
    expect(await read(join(folder, "marked.txt"))).toEqual({
      text: "text",
      said: [`${join(folder, "marked.txt")} is UTF-16. It is read as UTF-8.`],
    })
    expect((await read(join(folder, "unmarked.txt"))).text).toMatch(
      /^--data \S+ looks like UTF-16 without a byte order mark\. Convert it: iconv /,
    )
  })
})

describe("a text that is split", () => {
  beforeAll(() => useBackend("cpu"))

  it.each([1, 2, 7, 16, 64, 100, 1023])(
    "at context %d says how many bytes are enough, which then hold every window, and one less do not",
    (context) => {
      for (const parts of [1, 4]) {
        const sentence = /Give at least (\d+) bytes, or a smaller context\.$/
        const refusal = (length: number): string => {
          try {
            Text.split(new Uint8Array(length), context, parts)
            return ""
          } catch (error) {
            return String(error)
          }
        }
        const enough = Number(sentence.exec(refusal(0))?.[1])
        expect(Number(sentence.exec(refusal(enough - 1))?.[1])).toBe(enough)
        const { train, validation } = Text.split(new Uint8Array(enough), context, parts)
        const part = Math.floor(validation.length / parts)
        expect(part).toBeGreaterThanOrEqual(context + 1)
        for (const window of [
          ...Text.even(validation.subarray(0, part), context, 3),
          ...Text.batch(train, context, 1, [0, 1]),
        ])
          window.dispose()
      }
    },
  )
})
