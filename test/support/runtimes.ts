/**
 * The runtimes of `test/package/runtimes`, installed there once.
 *
 * BIJOU_RUNTIMES=required makes their absence an error.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("../package/runtimes", import.meta.url))
const modules = join(folder, "node_modules")

/** The programs, and what runs a file with each. */
export const programs: Readonly<Record<string, ReadonlyArray<string>>> = {
  "Node 22": [join(modules, "node-22", "bin", "node")],
  "Node 24": [join(modules, "node-24", "bin", "node")],
  Bun: [join(modules, "@oven", "bun-linux-x64", "bin", "bun"), "run"],
  Deno: [
    ...[join(modules, "@deno", "linux-x64-glibc", "deno"), "run", "--no-prompt"],
    ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys=hostname"],
  ],
}

/** The compilers of users. */
export const compilers: Readonly<Record<string, string>> = {
  "5.9": join(modules, "typescript-5.9", "bin", "tsc"),
}

/** Whether what the manifest names is installed, in these versions. */
const isInstalled = (): boolean => {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>
  } // a manifest of this repository
  return Object.entries(dependencies).every(([name, wanted]) => {
    const path = join(modules, name, "package.json")
    if (!existsSync(path)) return false
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string } // as npm requires
    return wanted.split("@").at(-1) === version
  })
}

/** Why they are missing, or null. */
const install = (): string | null => {
  if (isInstalled()) return null
  const { stderr } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"],
    { cwd: folder, encoding: "utf8", timeout: 540_000 },
  )
  if (isInstalled()) return null
  return `npm ci in test/package/runtimes failed: ${/npm error (.*)/.exec(stderr ?? "")?.[1] ?? "it took too long"}`
}

const missing = install()

if (missing !== null && process.env["BIJOU_RUNTIMES"] === "required")
  throw new Error(`BIJOU_RUNTIMES is \`required\`, but ${missing}`)

export const runtimesHere = missing === null

/** The reason why tests are skipped, for their title. */
export const why = missing === null ? "" : ` (skipped: ${missing})`
