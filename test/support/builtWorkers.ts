/**
 * The workers of tests. They start from the built package, on objectives that are compiled once, because compiling all
 * sources takes every worker seconds.
 *
 * `vitest.config.ts` replaces `src/node/workers/workerScript.ts` with this module.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { workerScript as scriptOfSources } from "../../src/node/workers/workerScript.ts"
import { built } from "./built.ts"

const sources = fileURLToPath(new URL("objectives", import.meta.url))

let compiles = false

/** Returns the script from which workers start. */
export const workerScript = (): URL =>
  compiles ? scriptOfSources() : pathToFileURL(join(built(), "dist/src/node/workers/worker.js"))

/** Starts workers from the sources meanwhile, which tsx compiles. */
export const compilingWorkers = async <A>(body: () => Promise<A>): Promise<A> => {
  compiles = true
  try {
    return await body()
  } finally {
    compiles = false
  }
}

/** Returns the path of the module of this name in `test/objectives`, in JavaScript that imports the built package. */
export const objective = (name: string): string => join(objectives(), `${name}.js`)

let folder: string | null = null

/** The folder is in the copy of the package, which modules there import by its name. */
const objectives = (): string => (folder ??= compiled())

const compiled = (): string => {
  const files = readdirSync(sources)
    .toSorted()
    .map((name) => join(sources, name))
  const hash = createHash("sha256")
  for (const file of files) hash.update(file).update("\0").update(readFileSync(file)).update("\0")
  const made = join(built(), `objectives-${hash.digest("hex").slice(0, 16)}`)
  if (existsSync(made)) return made
  const draft = mkdtempSync(join(built(), "draft-"))
  // By its command: in this process it would keep a thread, and tests count threads. Its paths would lead to the
  // sources.
  const options = ["--bundle", "--packages=external", "--format=esm", "--platform=node", "--tsconfig-raw={}"]
  execFileSync("npx", ["esbuild", ...files, ...options, `--outdir=${draft}`], { stdio: "pipe" })
  try {
    renameSync(draft, made)
  } catch (error) {
    if (!existsSync(made)) throw error
    // Another test finished first.
    rmSync(draft, { recursive: true, force: true })
  }
  return made
}
