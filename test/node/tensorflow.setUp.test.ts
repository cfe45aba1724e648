/**
 * `bijou setup tensorflow` when something is missing or fails, with fake programs.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeEach, describe, expect, it } from "vitest"
import { built } from "../support/built.ts"

const bijou = join(built(), "dist/src/cli/bijou.js")
const folder = mkdtempSync(join(tmpdir(), "bijou-tensorflow-"))
const cache = join(folder, "cache")
const there = join(cache, "bijou")
const calls = join(folder, "calls")

/** What each program does, as lines of sh, or `null` if it is missing. Each first writes to `log`. */
interface Programs {
  readonly python3?: string | null
  readonly npm?: string | null
  readonly "g++"?: string | null
}

/** A pip that leaves a wheel, a zip module that unpacks nothing, and a tar module that unpacks tfjs-node. */
const python3 = `case "$*" in
  *--version*) ;;
  *"pip download"*) while [ "$1" != -d ]; do shift; done; : > "$2/tensorflow.whl";;
  *"pip install"*) while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/nvidia/cublas/lib"; : > "$2/nvidia/cublas/lib/libcublas.so.12";;
  *"-m tarfile"*) mkdir -p "$5/package/binding" "$5/package/dist/kernels"
    : > "$5/package/dist/nodejs_kernel_backend.js"; : > "$5/package/dist/kernels/TopK.js";;
  *and-cuda*) mkdir -p "$4/tensorflow"; echo nvidia-cublas-cu12==12.5;;
  *"-c "*) mkdir -p "$4/tensorflow";;
esac`
const npm = `case "$*" in *--version*) exit 0;; esac
while [ "$1" != --pack-destination ]; do shift; done
for name in tensorflow-tfjs-node-4.22.0 google-protobuf-3.21.4 node-api-headers-1.9.0; do : > "$2/$name.tgz"; done`
const compiler = `case "$*" in *--version*) exit 0;; esac
while [ "$1" != -o ]; do shift; done; : > "$2"; ls "$(dirname "$2")/tensorflow" >> ${calls}`
const all: Programs = { python3, npm, "g++": compiler }

const begin = (programs: Programs, before: string, env: Readonly<Record<string, string>>) => {
  const bin = mkdtempSync(join(folder, "bin-"))
  for (const [name, lines] of Object.entries(programs))
    if (lines !== null)
      writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} "$@" >> ${calls}\n${lines}\n`, { mode: 0o755 })
  // With a program missing, the system's own must not be found instead.
  const whole = Object.keys(all).every((name) => typeof programs[name as keyof Programs] === "string") // its own keys
  return {
    args: ["--import", `data:text/javascript,${encodeURIComponent(before)}`, bijou, "setup", "tensorflow"],
    options: {
      encoding: "utf8",
      env: { ...process.env, CXX: "", XDG_CACHE_HOME: cache, PATH: whole ? `${bin}:/usr/bin:/bin` : bin, ...env },
    },
  } as const
}

const native = (programs: Programs, { before = "", env = {}, args = [] }: Setting = {}) => {
  const one = begin(programs, before, env)
  return spawnSync(process.execPath, [...one.args, ...args], one.options)
}

interface Setting {
  readonly before?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: ReadonlyArray<string>
}

const called = (): ReadonlyArray<string> => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [])

/** Code that runs before the command and replaces a function of Node. */
const instead = (module: string, code: string): string =>
  `import it from "node:${module}"; import { syncBuiltinESMExports } from "node:module"; ${code}; syncBuiltinESMExports()`

const withDriver = instead(
  "fs",
  'const real = it.existsSync; it.existsSync = (file) => file === "/proc/driver/nvidia/version" || real(file)',
)
const onMac = 'Object.defineProperty(process, "platform", { value: "darwin" })'

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true })
  rmSync(calls, { force: true })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.platform !== "linux")("bijou setup tensorflow", () => {
  it.each<readonly [string, Programs, Setting, RegExp]>([
    [
      "no Python with pip",
      { ...all, python3: "exit 1" },
      {},
      /Python with pip is not installed\. Install it .*apt install python3-pip/,
    ],
    ["no npm", { ...all, npm: null }, {}, /npm, which is not on the PATH\. Install npm/],
    [
      "no compiler",
      { ...all, "g++": null },
      {},
      /C\+\+ compiler, but none is installed\. Install one .*apt install g\+\+/,
    ],
    ["a compiler of that name", all, { env: { CXX: "/no/such/c++" } }, /CXX=\/no\/such\/c\+\+ does not run/],
    [
      "no room",
      all,
      { before: instead("fs/promises", "it.statfs = async () => ({ bavail: 100, bsize: 4e6 })") },
      /needs 1\.7 GB, but .*\/bijou has 0\.4 GB left\. Free disk space, or set XDG_CACHE_HOME/,
    ],
    [
      "no network",
      {
        ...all,
        python3: `${python3.replace('*"pip download"*)', '*"pip download"*) echo "ERROR: Could not connect." >&2; exit 1;; *never*)')}`,
      },
      {},
      /TensorFlow 2\.21\.0 cannot be fetched; pip says: Could not connect\. Connect to the network/,
    ],
    [
      "no such version",
      {
        ...all,
        python3: `${python3.replace('*"pip download"*)', '*"pip download"*) echo "ERROR: No matching distribution found for $*" >&2; exit 1;; *never*)')}`,
      },
      { args: ["--version", "9.9.9"] },
      /TensorFlow 9\.9\.9 cannot be fetched; pip says: No matching distribution .*--version/,
    ],
    [
      "an npm that fails",
      {
        ...all,
        npm: 'case "$*" in *--version*) exit 0;; esac; echo "npm error code E404" >&2; echo "npm error 404 Not Found." >&2; exit 1',
      },
      {},
      /binding cannot be fetched; npm says: 404 Not Found\. Connect to the network/,
    ],
    [
      "a compiler that fails",
      {
        ...all,
        "g++": 'case "$*" in *--version*) exit 0;; esac; echo "x.cc:1:1: fatal error: no such header" >&2; exit 1',
      },
      {},
      /binding cannot be built; g\+\+ says: x\.cc:1:1: fatal error: no such header/,
    ],
    [
      "libraries that do not run here",
      all,
      {},
      /TensorFlow does not run here: .*Use the backend wasm with a BLAS: npx bijou setup blas/,
    ],
    ["another system", all, { before: onMac }, /only on Linux with glibc, and this is darwin-/],
    ["--from", all, { args: ["--from", "pypi"] }, /unknown option '--from'/],
    ["no version", all, { args: ["--version", "new"] }, /--version must be a version such as 2\.21\.0, not "new"/],
  ])("refuses %s in one sentence, and leaves no files", (_name, programs, setting, sentence) => {
    const { status, stdout, stderr } = native(programs, setting)
    const lines = stderr
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("setting up "))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(sentence)
    expect(stdout).toBe("")
    expect(existsSync(there) ? readdirSync(there) : []).toEqual([])
    expect(status).toBe(2)
  })

  it.skipIf(existsSync("/proc/driver/nvidia/version"))("wants a driver for --gpu before it fetches anything", () => {
    const { status, stderr } = native(all, { args: ["--gpu"] })
    expect(stderr).toMatch(/This machine has no driver for an NVIDIA GPU\. Install it, or leave out --gpu/)
    expect(called()).toEqual([])
    expect(status).toBe(2)
  })

  it("puts NVIDIA's libraries next to TensorFlow's for --gpu, and builds no op library", () => {
    const room = "it.statfs = async () => ({ bavail: 1e9, bsize: 4096 })"
    const url = `data:text/javascript,${encodeURIComponent(instead("fs/promises", room))}`
    const { stderr } = native(all, { args: ["--gpu"], before: `await import(${JSON.stringify(url)});${withDriver}` })
    expect(stderr).toContain("fetching NVIDIA's libraries with pip")
    const made = called()
    expect(made.some((call) => /pip download .*tensorflow==2\.21\.0/.test(call))).toBe(true)
    expect(made.some((call) => /pip install --no-deps .*--target .*nvidia-cublas-cu12==12\.5/.test(call))).toBe(true)
    expect(made).toContain("libcublas.so.12")
    expect(made.join()).not.toContain("bijou_ops")
  })

  it("uses the wheel of another Python if there is none for this one", () => {
    const other = python3.replace(
      '*"pip download"*)',
      '*"pip download"*--python-version\\ 3.12*|*never*) while [ "$1" != -d ]; do shift; done; : > "$2/tensorflow.whl";;\n  *"pip download"*) echo "ERROR: No matching distribution found." >&2; exit 1;;\n *never*)',
    )
    const { stderr } = native({ ...all, python3: other })
    expect(stderr).toContain("TensorFlow does not run here") // it got that far
    expect(called().filter((call) => call.includes("pip download"))).toHaveLength(3)
  })

  it("removes unfinished files on Ctrl-C, and those of a killed process, and keeps the old installation", async () => {
    const left = join(there, `part-${2 ** 22 - 1}-x`)
    mkdirSync(left, { recursive: true })
    mkdirSync(join(there, "tensorflow"))
    const slow = python3.replace('*"pip download"*)', '*"pip download"*) sleep 30;; *never*)')
    const { args, options } = begin({ ...all, python3: slow }, "", {})
    const child = spawn(process.execPath, args, { env: options.env, stdio: ["ignore", "ignore", "pipe"] })
    const ended = new Promise((resolve) => child.once("exit", resolve))
    while (!called().some((call) => call.includes("pip download"))) await new Promise((go) => setTimeout(go, 20))
    expect(readdirSync(there)).toEqual([expect.stringMatching(`^part-${child.pid}-`), "tensorflow"])
    child.kill("SIGINT")
    expect(await ended).toBe(130)
    expect(readdirSync(there)).toEqual(["tensorflow"])
  })

  it("keeps what works, reports a damaged record or an op library of other sources, and removes it", () => {
    const home = join(there, "tensorflow")
    const record = join(home, "tensorflow.json")
    const start = () => {
      const env = { ...process.env, XDG_CACHE_HOME: cache }
      return spawnSync(process.execPath, [bijou, "start", "--backend", "tensorflow"], { encoding: "utf8", env })
    }
    expect(start()).toMatchObject({
      stderr: "bijou: The backend tensorflow is not set up. Run: npx bijou setup tensorflow\n",
      status: 2,
    })
    mkdirSync(home, { recursive: true })
    writeFileSync(record, "{}")
    expect(start().stderr).toBe(`bijou: ${record} is damaged. Run: npx bijou setup tensorflow\n`)
    const good = { device: "cpu", version: "2.21.0", opLibrary: "bijou_ops-0.node", processor: "an abacus" }
    writeFileSync(record, JSON.stringify(good))
    expect(start().stderr).toMatch(/op library was built by another version of bijou\. Run: npx bijou setup tensorflow/)
    writeFileSync(record, JSON.stringify({ ...good, opLibrary: null }))
    expect(start().stderr).toMatch(/tensorflow cannot be used: Cannot find module .*Run: npx bijou setup tensorflow/)
    expect(native(all, { args: ["--remove"] }).stdout).toBe(`Removed ${home}\n`)
    expect(native(all, { args: ["--remove"] })).toMatchObject({ stdout: `Nothing is set up in ${home}\n`, status: 0 })
  })
})
