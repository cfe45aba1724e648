/**
 * docs/laws.md is what the laws and attacks generate now.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { lawsDocument } from "../../scripts/lawsDocument.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

it("docs/laws.md is up to date", async () => {
  expect(readFileSync(`${root}/docs/laws.md`, "utf8"), "Run: npm run docs:laws").toBe(await lawsDocument(root))
})
