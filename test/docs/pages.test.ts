/**
 * The pages of `docs` lead from one to the next, and every link of a document leads to a file and a heading that exist.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

const pages = readdirSync(join(root, "docs"))

const read = (document: string): string => readFileSync(join(root, document), "utf8")

/** The text without fences, whose brackets are no links. */
const prose = (document: string): string => read(document).replace(/^(`{3,}).*\n[^]*?^\1$/gm, "")

/** The anchors of a document's headings, as Markdown viewers make them. */
const anchors = (document: string): ReadonlyArray<string> =>
  [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  )

it.each(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pages.map((page) => `docs/${page}`)])(
  "%s has no broken link",
  (document) => {
    const links = [...prose(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    const broken = links.filter(([, path = "", anchor]) => {
      const target = path === "" ? document : join(dirname(document), path)
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  },
)

it("Every page except the last leads to the next, and none is left out", () => {
  const seen: string[] = []
  let page = "concepts.md"
  while (pages.includes(page) && !seen.includes(page)) {
    seen.push(page)
    page = /^Next: \[[^\]]+\]\((\S+)\)\.$/m.exec(read(`docs/${page}`))?.[1] ?? ""
  }
  expect(seen.toSorted()).toEqual(pages.toSorted())
})

it.each(pages)("docs/%s begins with a heading and a sentence on what the page is for", (page) => {
  expect(read(`docs/${page}`)).toMatch(/^# .+\n\nThis page /)
})
