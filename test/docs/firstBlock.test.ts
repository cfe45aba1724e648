/**
 * docs/first-block.md shows what `bijou check` prints.
 *
 * A `...` on a line of its own matches any lines, and within a line any text.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, afterEach, expect, it, vi } from "vitest"
import { check } from "../../src/cli/check/check.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const guide = readFileSync(join(root, "docs/first-block.md"), "utf8")

mkdirSync(join(root, ".reports"), { recursive: true })
const folder = mkdtempSync(join(root, ".reports", "guide-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { console: original } = globalThis
afterEach(() => {
  vi.restoreAllMocks()
  globalThis.console = original // the command sends what a module prints to stderr
})

/** The text of every fence that opens with this line. */
const fences = (opening: string): ReadonlyArray<string> =>
  [...guide.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, info, body = ""]) => (info === opening ? [body] : []))

/**
 * The location of the file that a listing names: in the repository, or made from the fence that begins with its name.
 */
const placeOf = (file: string): string => {
  if (file.includes("/")) return file
  const code = fences("ts").find((body) => body.startsWith(`// ${file}\n`))
  if (code === undefined) throw new Error(`docs/first-block.md has no module "// ${file}".`)
  writeFileSync(join(folder, file), code)
  return relative(process.cwd(), join(folder, file))
}

const listings = fences("console").map((body) => {
  const [command = "", ...lines] = body.trimEnd().split("\n")
  return { target: command.replace("$ npx bijou check ", ""), lines }
})

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const pattern = (lines: ReadonlyArray<string>): RegExp => {
  const parts = lines.map((line) => (line === "..." ? "(?:.*\\n)*?" : `${line.split("...").map(escape).join(".*")}\\n`))
  return new RegExp(`^${parts.join("")}$`)
}

it("has listings", () => expect(listings.length).toBeGreaterThan(1))

it.each(listings)("shows what bijou check prints of $target", async ({ target, lines }) => {
  const [file = "", ...name] = target.split("#")
  const place = placeOf(file)
  let printed = ""
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
  const code = await check([place, ...name].join("#"), {
    backend: "wasm",
    preset: "quick",
    runs: undefined,
    seed: 1,
    law: undefined,
    path: undefined,
    json: false,
    kernels: true,
    native: false, // the guide assumes that no BLAS is installed
    threads: undefined,
  })
  vi.restoreAllMocks()
  const shown = printed.replaceAll(place, file).replaceAll(" --no-native", "")
  expect(`${shown.trimEnd()}\n`).toMatch(pattern(lines))
  expect(code).toBe(printed.includes("BROKEN") ? 1 : 0)
})
