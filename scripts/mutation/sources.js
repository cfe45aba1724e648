/**
 * The files that are mutated.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Tried against all ways through in `test/budget.test.ts`, which trains networks and so takes too long for a mutant. */
const elsewhere = ["src/core/cheapest.ts"]
const folders = ["src/core", "src/exact", "src/block"]

/** Paths from the root, sorted, of every source in the three folders but those that are tried elsewhere. */
export const sources = (root) =>
  folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((path) => `${folder}/${path}`))
    .filter((path) => path.endsWith(".ts") && !elsewhere.includes(path))
    .toSorted()
