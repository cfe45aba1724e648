/**
 * Checks the prose of comments, strings and Markdown against the phrases of `scripts/prose/phrases.ts`:
 * `node --import tsx scripts/prose.ts [files or folders]`, without arguments for the whole tree.
 *
 * Prints each finding as `file:line: "phrase": write "replacement"` and a count, and exits with code 1 if there is any.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative } from "node:path"
import { findings } from "./prose/findings.ts"

const root = join(import.meta.dirname, "..")

/** Files that a program writes, and the two that name the forbidden phrases. */
const exempt = ["test/MUTANTS.md", "scripts/prose/phrases.ts", "test/docs/prose.test.ts"]

const folders = ["src", "laws", "test", "bench", "scripts", "examples", "fuzz", "docs"]

const given = process.argv.slice(2).map((path) => relative(root, path))

const pages = readdirSync(root).filter((name) => name.endsWith(".md"))

const files = (given.length > 0 ? given : [...folders, ...pages])
  .flatMap((path) =>
    statSync(join(root, path)).isDirectory()
      ? readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
      : [path],
  )
  .filter((file) => /\.(ts|md)$/.test(file) && !file.includes("node_modules") && !exempt.includes(file))
  .sort()

const lines = files.flatMap((file) =>
  findings(file, readFileSync(join(root, file), "utf8")).map(
    ({ line, phrase, advice }) => `${file}:${line}: "${phrase}": ${advice}`,
  ),
)

for (const line of lines) console.log(line)
console.log(`${files.length} files, ${lines.length} to rewrite`)
process.exitCode = lines.length > 0 ? 1 : 0
