/**
 * The files that are mutated.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"

const folders = ["src/core", "src/exact", "src/block"]

/** Paths from the root, sorted, of every source in the three folders. */
export const sources = (root) =>
  folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((path) => `${folder}/${path}`))
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
