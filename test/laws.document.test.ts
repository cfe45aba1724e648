/**
 * LAWS.md is what the laws and attacks make now.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as bijouLaws from "bijou/laws"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

/** What `scripts/lawsDocument.js`, plain JavaScript, exports. */
interface Generator {
  readonly lawsDocument: (laws: typeof bijouLaws, root: string) => Promise<string>
}

it("LAWS.md is up to date", async () => {
  const script = pathToFileURL(`${root}/scripts/lawsDocument.js`).href
  const { lawsDocument } = (await import(/* @vite-ignore */ script)) as Generator // it has no types of its own
  expect(readFileSync(`${root}/LAWS.md`, "utf8"), "Run: npm run docs:laws").toBe(await lawsDocument(bijouLaws, root))
})
