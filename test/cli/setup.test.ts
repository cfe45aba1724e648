/**
 * `bijou setup`, and the help of all commands, as a person reads them in a narrow terminal.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { built } from "../support/built.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const program = join(built(), "dist/src/cli/bijou.js")
const cache = mkdtempSync(join(tmpdir(), "bijou-setup-"))
const device = await webgpuDevice()

const bijou = (args: ReadonlyArray<string>, { env = {}, before = "" }: Setting = {}) => {
  const url = `data:text/javascript,${encodeURIComponent(before)}`
  return spawnSync(process.execPath, ["--import", url, program, ...args], {
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
  })
}

interface Setting {
  readonly env?: Readonly<Record<string, string>>
  /** Code that runs before the command. */
  readonly before?: string
}

/** The longest line, except for commands to copy. */
const widest = (text: string): number =>
  Math.max(...text.split("\n").map((line) => (line.startsWith("  export ") ? 0 : line.length)))

afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe("help", () => {
  it.each([
    [[], "start"],
    [["start"], "--budget 64MB"],
    [["check"], "block.ts"],
    [["ledger"], "--predict"],
    [["doctor"], "doctor"],
    [["setup"], "blas"],
    [["setup", "blas"], "--from pypi"],
    [["setup", "tensorflow"], "tensorflow"],
    [["setup", "webgpu"], "webgpu"],
  ])("of %j fits into 60 columns and ends with an example", (command, example) => {
    const { status, stdout } = bijou([...command, "--help"])
    expect(widest(stdout)).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(new RegExp(`\\n\\nExample:\\n  npx bijou .*${example}.*\\n$`))
    expect(status).toBe(0)
  })

  it("lists the commands, each with a sentence", () => {
    const { stdout } = bijou([])
    const commands = [...stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}(\w+) +[A-Z]/gm)]
    expect(commands.map(([, name]) => name)).toEqual(["start", "check", "ledger", "doctor", "setup"])
  })
})

describe("bijou setup", () => {
  it("lists what can be set up and what is, even where a manifest is damaged", () => {
    const { status, stdout } = bijou(["setup"])
    expect(stdout).toMatch(/^blas .*\n.*\n +Not set up\ntensorflow .*\n +Not set up\nwebgpu .*\n +Packages installed\./)
    expect(widest(stdout)).toBeLessThanOrEqual(60)
    expect(status).toBe(0)
    mkdirSync(join(cache, "bijou", "native"), { recursive: true })
    writeFileSync(join(cache, "bijou", "native", "native.json"), "{}")
    mkdirSync(join(cache, "bijou", "tensorflow"))
    const tensorflow = { device: "cpu", version: "2.21.0", opLibrary: null, processor: "an abacus" }
    writeFileSync(join(cache, "bijou", "tensorflow", "tensorflow.json"), JSON.stringify(tensorflow))
    const damaged = bijou(["setup"]).stdout
    expect(damaged).toMatch(/damaged\. Run:\s+npx\s+bijou\s+setup\s+blas/)
    expect(damaged).toContain("Set up: TensorFlow 2.21.0 for the CPU\n")
  })

  it.each([
    [["setup", "gpu"], 'bijou setup knows blas, tensorflow and webgpu, not "gpu".'],
    [["setup", "webgpu", "now"], "too many arguments"],
    [["setup", "tensorflow", "--version"], "argument missing"],
    [
      ["native", "--tensorflow"],
      "bijou native is now bijou setup. Run: npx bijou setup blas, or npx bijou setup tensor",
    ],
    [["native", "--help"], "bijou native is now bijou setup."],
  ])("refuses %j in one sentence", (args, sentence) => {
    const { status, stdout, stderr } = bijou(args)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stdout).toBe("")
    expect(status).toBe(2)
  })
})

describe("bijou setup webgpu", () => {
  /** A hook that hides packages. */
  const without = (...names: ReadonlyArray<string>): string => {
    const hook = `export const resolve = (name, context, next) => {
      if (${JSON.stringify(names)}.includes(name)) throw new Error("not found: " + name)
      return next(name, context)
    }`
    const url = `data:text/javascript,${encodeURIComponent(hook)}`
    return `(await import("node:module")).register(${JSON.stringify(url)})`
  }

  it.each([
    [["webgpu"], "webgpu is not installed.", "npm install webgpu"],
    [
      ["@tensorflow/tfjs-backend-webgpu", "webgpu"],
      "@tensorflow/tfjs-backend-webgpu and webgpu are not installed.",
      "npm install @tensorflow/tfjs-backend-webgpu webgpu",
    ],
  ])("names the packages that are missing, here %j, and how to install them", (names, problem, command) => {
    const { status, stdout } = bijou(["setup", "webgpu"], { before: without(...names) })
    expect(stdout.replace(/\s+/g, " ")).toContain(problem)
    expect(stdout).toContain(`\n  ${command}\n`)
    expect(status).toBe(1)
  })

  it.runIf(process.platform === "linux")("says which part of Vulkan is missing, and how to get it", () => {
    const missing = { VK_DRIVER_FILES: "", VK_ICD_FILENAMES: "/nowhere.json", VK_ADD_DRIVER_FILES: "" }
    const wrong = { ...missing, VK_ICD_FILENAMES: "/etc/hosts" }
    for (const [env, sentence] of [
      [missing, /names \/nowhere\.json, which does not exist\. .*unset VK_ICD_FILENAMES|apt install libvulkan1/],
      [
        wrong,
        /driver \/etc\/hosts offers no device\. .*export VK_ICD_FILENAMES=\/usr\/lib\/chromium|apt install libvulkan1/,
      ],
    ] as const) {
      const { status, stdout } = bijou(["setup", "webgpu"], { env })
      expect(stdout.replace(/\s+/g, " ")).toMatch(sentence)
      expect(widest(stdout)).toBeLessThanOrEqual(60)
      expect(status).toBe(1)
    }
  })

  it.skipIf(device === null)(
    `multiplies on the device${device === null ? ` (${whySkipped})` : ""} and names it`,
    () => {
      const { status, stdout } = bijou(["setup", "webgpu"])
      expect(stdout.replace(/\s+/g, " ")).toContain(`webgpu works: ${device}`)
      expect(status).toBe(0)
    },
  )
})
