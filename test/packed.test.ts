/**
 * The packed package, imported as a user does: built and packed from a copy, installed in an empty folder, used by name.
 *
 * The copy stands inside the repository (`.reports`), so that it finds the dependencies and leaves `dist` alone; the folder it
 * is installed in stands outside, so that nothing resolves by accident.
 */
import { execFileSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

mkdirSync(join(root, ".reports"), { recursive: true })
const copy = mkdtempSync(join(root, ".reports", "packed-"))
const user = mkdtempSync(join(tmpdir(), "bijou-packed-"))

/** What a command prints; an error holds all that it said. Vitest's own settings stay behind. */
const output = (folder: string, command: string, ...args: ReadonlyArray<string>): string => {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, ...env } = process.env
  try {
    return execFileSync(command, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string } // what execFileSync adds to its error
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout ?? ""}\n${stderr ?? ""}`, { cause: error })
  }
}

/** What a module prints in the user's folder, under plain Node. */
const evaluate = (code: string): string => output(user, process.execPath, "--input-type=module", "--eval", code).trim()

/** Links a package of the repository into the user's folder, as the user's own install would bring it. */
const link = (name: string): void =>
  symlinkSync(join(root, "node_modules", name), join(user, "node_modules", name), "junction")

const withPeers = (): void => {
  if (existsSync(join(user, "node_modules", "@tensorflow"))) return
  for (const peer of ["@tensorflow", "fast-check"]) link(peer)
}

/** The compiler's complaints about one file of the user, under nodenext. */
const compile = (name: string, code: string, options: Readonly<Record<string, unknown>>): string => {
  const nodenext = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    moduleResolution: "nodenext",
    target: "es2023",
    types: [],
  }
  writeFileSync(join(user, name), code)
  writeFileSync(
    join(user, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...nodenext, ...options }, files: [name] }),
  )
  return output(user, process.execPath, join(root, "node_modules", "typescript", "bin", "tsc"))
}

beforeAll(() => {
  const left = new Set(["node_modules", ".git", ".reports", "dist", "out", "shared"])
  for (const entry of readdirSync(root).filter((name) => !left.has(name))) {
    cpSync(join(root, entry), join(copy, entry), { recursive: true })
  }
  output(copy, "npm", "run", "build")
  output(copy, "npm", "pack", "--ignore-scripts", "--pack-destination", user)
  const tarball = readdirSync(user).find((name) => name.endsWith(".tgz")) ?? ""
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--prefer-offline"]
  output(user, "npm", "install", ...quiet, `./${tarball}`)
}, 180_000)

afterAll(() => {
  for (const folder of [copy, user]) rmSync(folder, { recursive: true, force: true })
})

describe("the packed package", () => {
  it("holds what it exports and nothing of the repository's own", () => {
    const files = readdirSync(join(user, "node_modules", "bijou"), { recursive: true, encoding: "utf8" })
    expect(files).toContain(join("dist", "src", "index.js"))
    expect(files.filter((file) => /^(src|laws|test|bench|scripts|examples|\.reports)\b/.test(file))).toEqual([])
    expect(files.filter((file) => /\.test\.(js|d\.ts)$/.test(file))).toEqual([])
  })

  // Before the peers are linked: there is no tfjs to load.
  it("imports bijou where tfjs is not installed", () => {
    expect(existsSync(join(user, "node_modules", "@tensorflow"))).toBe(false)
    const names = evaluate('console.log(Object.keys(await import("bijou")).length, typeof globalThis._tfengine)')
    expect(names).toMatch(/^[1-9]\d* undefined$/)
  })

  it("types the root entry without tfjs and without skipping the libraries' declarations", () => {
    const code = 'import * as bijou from "bijou"\nexport const names: ReadonlyArray<string> = Object.keys(bijou)\n'
    expect(compile("root.ts", code, { lib: ["es2023"] })).toBe("")
  })

  it("imports every other entry by name", () => {
    withPeers()
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, unknown>>
    } // the manifest of this repository
    const entries = Object.keys(exports).filter((entry) => entry !== "./package.json")
    const names = entries.map((entry) => entry.replace(/^\./, "bijou"))
    expect(names).toEqual(
      expect.arrayContaining(["bijou", "bijou/tensor", "bijou/net", "bijou/train", "bijou/residual", "bijou/laws"]),
    )
    for (const name of names) {
      expect(evaluate(`console.log(Object.keys(await import("${name}")).length > 0)`), name).toMatch(/true$/)
    }
    const manifest = 'import manifest from "bijou/package.json" with { type: "json" }; console.log(manifest.name)'
    expect(evaluate(manifest)).toMatch(/bijou$/)
  })

  it("keeps its inside private", () => {
    const attempt = 'await import("bijou/dist/src/index.js").catch((error) => console.log(error.code))'
    expect(evaluate(attempt)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED")
  })

  it("prints help through npx", () => {
    withPeers()
    expect(output(user, "npx", "--no-install", "bijou", "--help")).toMatch(/^Usage: bijou/m)
  })

  it("types a user's file under nodenext", () => {
    withPeers()
    const entries = ["", "/tensor", "/residual", "/net", "/train", "/laws"]
    const imports = entries.map((entry, index) => `import * as entry${index} from "bijou${entry}"`)
    const uses = entries.map((_, index) => `Object.keys(entry${index})`)
    const wrong =
      "// @ts-expect-error -- the entry is typed, so a name it lacks does not compile\nvoid entry0.noSuchName"
    const code = `${imports.join("\n")}\nexport const names: ReadonlyArray<ReadonlyArray<string>> = [${uses.join(", ")}]\n${wrong}\n`
    expect(compile("user.ts", code, { lib: ["es2023", "dom"], skipLibCheck: true })).toBe("")
  })
})
