/**
 * The package as it is published: built in a copy of the repository and packed, once for all tests of a checkout.
 *
 * The copy is inside the repository (`.reports`), so that it finds the dependencies and does not touch `dist`.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const place = join(root, ".reports", "built")

// Files that only this repository needs, or that it generates.
const left = ["node_modules", ".git", ".reports", "dist", "out", "shared", "test", "bench"]

/** Returns the folder with `dist` and the archive `bijou-*.tgz`. Builds it if these sources have none yet. */
export const built = (): string => (made ??= make())

let made: string | null = null

const make = (): string => {
  const entries = readdirSync(root).filter((name) => !left.includes(name))
  const folder = join(place, digestOf(entries))
  if (existsSync(folder)) return folder
  mkdirSync(place, { recursive: true })
  const old = readdirSync(place).filter((name) => Date.now() - statSync(join(place, name)).mtimeMs > 3_600_000)
  for (const name of old) rmSync(join(place, name), { recursive: true, force: true })
  const lock = `${folder}.lock`
  if (!takes(lock)) {
    while (!existsSync(folder) && isAlive(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    if (existsSync(folder)) return folder
  }
  try {
    return makeIn(folder, entries)
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Creates the lock, with the id of this process in it; false where another process has it. */
const takes = (lock: string): boolean => {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" })
    return true
  } catch {
    return false
  }
}

/** Whether the process that has the lock still runs. */
const isAlive = (lock: string): boolean => {
  try {
    const pid = Number(readFileSync(lock, "utf8"))
    return pid === 0 || process.kill(pid, 0) // 0 until it is written
  } catch {
    return false
  }
}

const makeIn = (folder: string, entries: ReadonlyArray<string>): string => {
  const draft = mkdtempSync(join(place, "draft-"))
  for (const entry of entries) cpSync(join(root, entry), join(draft, entry), { recursive: true })
  const npm = (...args: ReadonlyArray<string>) =>
    execFileSync("npm", args, { cwd: draft, env: plainEnv(), stdio: "pipe" })
  npm("run", "build")
  npm("pack", "--ignore-scripts")
  try {
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    // Another test finished first.
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

/** The archive of it. */
export const archive = (): string => {
  const folder = built()
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "")
}

/** The environment without Vitest's own settings. */
export const plainEnv = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, ...env } = process.env
  return env
}

const digestOf = (entries: ReadonlyArray<string>): string => {
  const hash = createHash("sha256")
  const add = (path: string): void => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).toSorted()) add(join(path, name))
    else hash.update(path).update("\0").update(readFileSync(path)).update("\0")
  }
  for (const entry of entries.toSorted()) add(join(root, entry))
  return hash.digest("hex").slice(0, 16)
}
