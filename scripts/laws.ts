/**
 * Writes docs/laws.md.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { lawsDocument } from "./lawsDocument.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
writeFileSync(join(root, "docs/laws.md"), await lawsDocument(root))
