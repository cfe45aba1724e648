/**
 * Saving during a run: the file is complete whatever happens to the process or the place, and the run that resumes from
 * it has the bits of an undisturbed one.
 */
import { execFileSync, spawn } from "node:child_process"
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Checkpoint, type Run } from "bijou/net"
import { transformSync } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { checkOverwriting } from "../../src/node/files/checkOverwriting.ts"
import { write } from "../../src/node/files/outputFile.ts"
import { startSaving } from "../../src/node/files/Saver.ts"
import { atStep } from "../support/atStep.ts"
import { built } from "../support/built.ts"
import { contentsOf, rewritten, type Contents } from "../support/forgery.ts"
import { inOneProcess } from "../support/inOneProcess.ts"
import { right } from "../support/specimens.ts"

const dist = join(built(), "dist")
const bin = join(dist, "src/cli/bijou.js")
const folder = mkdtempSync(join(tmpdir(), "bijou-saving-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const place = (): string => mkdtempSync(join(folder, "place-"))

/** What kills a process, in JavaScript. */
const killAt = join(folder, "killAt.mjs")

writeFileSync(killAt, transformSync(readFileSync("test/support/killAt.ts", "utf8"), { loader: "ts" }).code)

const bytesOf = (text: string) => [new TextEncoder().encode(text)]

describe("A saver", () => {
  const saving = (file: string, every: { readonly minutes: number; readonly steps?: number }) => {
    const warnings: string[] = []
    const clock = { now: 0 }
    const state = (steps: number) => ({
      steps,
      pieces: async function* () {
        yield* bytesOf(`step ${steps}`)
      },
    })
    const start = () =>
      startSaving(
        { option: "--save", file, every, warn: (text) => warnings.push(text), now: () => clock.now },
        state(0),
      )
    return { start, state, warnings, clock, content: () => readFileSync(file, "utf8") }
  }

  it("writes before the first step, and after the given number of steps or minutes", async () => {
    const { start, state, clock, content } = saving(join(place(), "run"), { minutes: 10, steps: 3 })
    const saver = await start()
    expect(content()).toBe("step 0")
    const seen: string[] = []
    for (let step = 1; step <= 8; step++) {
      if (step === 5) clock.now += 600_000
      await saver.after(state(step))
      seen.push(content())
    }
    expect(seen.map((text) => Number(text.slice(5)))).toEqual([0, 0, 3, 3, 5, 5, 5, 8])
    expect(await saver.end(state(8))).toBe(null)
  })

  it("tests the place before any work is done", async () => {
    await expect(saving(join(place(), "none", "run"), { minutes: 1 }).start()).rejects.toThrow(
      /^--save .* cannot be written: its folder does not exist\. Give another file\.$/,
    )
    await expect(saving(place(), { minutes: 1 }).start()).rejects.toThrow("it is a folder")
  })

  it("continues without its place, says so, and writes again when the place is back", async () => {
    const at = place()
    const { start, state, warnings, content } = saving(join(at, "run"), { minutes: 10, steps: 2 })
    const saver = await start()
    renameSync(at, `${at}.gone`)
    for (const step of [1, 2, 3]) await saver.after(state(step))
    expect(warnings).toEqual([
      `--save ${join(at, "run")} could not be written after step 2: its folder does not exist. It has step 0; the run goes on, and the next checkpoint is tried.`,
    ])
    expect(await saver.end(state(3))).toBe(
      `--save ${join(at, "run")} could not be written after step 3, the last: its folder does not exist. It has step 0.`,
    )
    renameSync(`${at}.gone`, at)
    await saver.after(state(5))
    expect(content()).toBe("step 5")
  })
})

describe("A file that is written", () => {
  it("stays as it was if the new one fails in the middle, and no other file remains", async () => {
    const at = place()
    await write(join(at, "x"), "old")
    const pieces = async function* () {
      yield* bytesOf("new")
      throw new Error("no more")
    }
    await expect(write(join(at, "x"), pieces())).rejects.toThrow("no more")
    expect(readFileSync(join(at, "x"), "utf8")).toBe("old")
    expect(readdirSync(at)).toEqual(["x"])
  })

  it("may have the longest possible name", async () => {
    const at = place()
    const name = "x".repeat(255)
    await write(join(at, name), "all")
    expect(readdirSync(at)).toEqual([name])
  })

  it("removes what killed processes have left, and not what running ones write", async () => {
    const at = place()
    const host = hostname()
      .replace(/[^\w.]/g, "")
      .slice(0, 64)
    const parts = [`${host}-999999999-0-0`, `${host}-${process.ppid}-0-0`, `other${host}-999999999-0-0`]
    for (const part of parts) writeFileSync(join(at, `.bijou-${part}.part`), "")
    await write(join(at, "x"), "all")
    expect(new Set(readdirSync(at))).toEqual(new Set([...parts.slice(1).map((part) => `.bijou-${part}.part`), "x"]))
  })

  it.each(["open:2", "write:3", "sync:2", "close:2", "rename:2", "renamed:2"])(
    "is whole after the process is killed at %s",
    (kill) => {
      const at = place()
      const file = join(at, "x")
      const output = pathToFileURL(join(dist, "src/node/files/outputFile.js")).href
      const code = `
        const { write } = await import(${JSON.stringify(output)})
        for (const letter of "abc") await write(${JSON.stringify(file)}, [1, 2].map(() => new TextEncoder().encode(letter.repeat(1e5))))`
      const child = () =>
        execFileSync(process.execPath, ["--import", killAt, "--input-type=module", "-e", code], {
          env: { ...process.env, KILL_AT: kill },
          stdio: "ignore",
        })
      expect(child).toThrow(expect.objectContaining({ signal: "SIGKILL" }))
      expect(readFileSync(file, "utf8")).toBe((kill === "renamed:2" ? "b" : "a").repeat(2e5))
      execFileSync(process.execPath, ["--input-type=module", "-e", code])
      expect(readFileSync(file, "utf8")).toBe("c".repeat(2e5))
      expect(readdirSync(at)).toEqual(["x"])
    },
  )
})

describe("A file that is about to be written", () => {
  it("is not one that is read, by any path or link", async () => {
    const at = place()
    const text = join(at, "text.txt")
    writeFileSync(text, "a text")
    linkSync(text, join(at, "hard"))
    symlinkSync(text, join(at, "soft"))
    symlinkSync(at, join(at, "here"))
    const check = (path: string, other = text) =>
      checkOverwriting({ option: "--save", path }, { option: "--data", path: other })
    for (const path of [text, join(at, "hard"), join(at, "soft"), join(at, "here", "text.txt"), `${at}/./text.txt`])
      await expect(check(path)).rejects.toThrow(/^--save .* and --data .* are the same file\. Give another file\.$/)
    await expect(check(text, at)).rejects.toThrow("is a file of --data")
    await check(join(at, "new"))
    await check(join(at, "new"), at)
    expect(readFileSync(text, "utf8")).toBe("a text")
  })
})

describe("bijou start --save", () => {
  const text = join(folder, "text.txt")
  const sizes = ["--depth", "2", "--width", "8", "--heads", "2", "--context", "8", "--batch", "2", "--micro-batch", "1"]
  const small = [...sizes, "--backend", "cpu", "--no-depths", "--steps", "6", "--data", text]
  let undisturbed: string

  interface Ended {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  }

  /** Runs the command with these options of Node. After `shutAt`, its output is closed. */
  const start = (
    args: ReadonlyArray<string>,
    { options = "", shutAt }: { readonly options?: string; readonly shutAt?: number } = {},
  ): Promise<Ended> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [bin, "start", ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, XDG_CACHE_HOME: folder, NODE_OPTIONS: options },
      })
      let [stdout, stderr] = ["", ""]
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString()
        if (shutAt !== undefined && stderr.includes(`training ${shutAt}/`)) child.stdout.destroy()
      })
      child.once("close", (status) => done({ status, stdout, stderr }))
    })
  const digestIn = (file: string): string => String(contentsOf(readFileSync(file)).stored["sha256"])
  const runIn = async (file: string): Promise<Run> => right(await Checkpoint.runOf(readFileSync(file))())
  /** Returns parameters and moments after the last step of a run, which ends there. */
  const last = async (...args: ReadonlyArray<string>): Promise<string> => {
    const file = join(place(), "last")
    const { stderr } = await start([...args, "--save", file], { options: atStep(6, 'signal("SIGTERM")') })
    if (!existsSync(file)) throw new Error(stderr)
    expect((await runIn(file)).steps).toBe(6)
    return digestIn(file)
  }
  /** The same, of the run that resumes from a file. */
  const resumed = (file: string, ...more: ReadonlyArray<string>): Promise<string> =>
    last("--data", text, "--resume", file, ...more)

  /** A run that is stopped after its first steps. */
  const begun = join(folder, "begun.safetensors")

  beforeAll(async () => {
    writeFileSync(text, "the quick brown fox jumps over the lazy dog. ".repeat(200))
    undisturbed = await last(...small)
    const ended = await start([...small, "--save", begun], { options: atStep(3, 'signal("SIGINT")') })
    expect(ended.status).toBe(130)
  })

  /** That run with other contents, under matching digests. */
  const changed = (change: (run: Run) => unknown): string => {
    const file = join(place(), "run.safetensors")
    const other = ({ arrays, stored }: Contents) => ({ arrays, stored: { ...stored, run: change(stored.run) } })
    writeFileSync(file, rewritten(readFileSync(begun), other))
    return file
  }

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends with the last step in the file on %s, and resumes to the same bits", async (signal, code) => {
    const file = join(place(), "run.safetensors")
    const { status, stdout } = await start([...small, "--save", file], { options: atStep(2, `signal("${signal}")`) })
    expect(status).toBe(code)
    const { steps } = await runIn(file)
    expect(stdout).toContain(`Stopped after step ${steps} of 6.`)
    expect(stdout).toContain(`Resume it with --resume ${file}`)
    expect(await resumed(file)).toBe(undisturbed)
  })

  it("ends with the last step in the file when its output is closed", async () => {
    const file = join(place(), "run.safetensors")
    const { status } = await start([...small, "--save", file], { shutAt: 2 })
    expect(status).toBe(141)
    const { steps } = await runIn(file)
    expect(steps).toBeGreaterThanOrEqual(2)
    if (steps < 6) expect(await resumed(file)).toBe(undisturbed)
  })

  it("has the last successful step in the file when a step is refused", async () => {
    const file = changed((run) => ({ ...run, schedule: { ...run.schedule, peak: 1e6, floor: 1e6 } }))
    const { steps } = await runIn(file)
    const { status, stderr } = await start(["--data", text, "--resume", file, "--save", file])
    expect(status).toBe(1)
    const end = (await runIn(file)).steps
    expect(end).toBeGreaterThan(steps)
    expect(stderr).toContain(`--save ${file} has step ${end}, the last that succeeded.`)
  })

  it("has the last successful step in the file when a worker is lost", async () => {
    const file = join(place(), "run.safetensors")
    const losing = `
      import { isMainThread, parentPort } from "node:worker_threads"
      let steps = 0
      if (!isMainThread) parentPort.on("message", () => { if (++steps === 3) process.exit(3) })`
    const { status, stderr } = await start([...small, "--workers", "2", "--save", file], {
      options: `--import data:text/javascript,${encodeURIComponent(losing)}`,
    })
    expect(stderr).toContain("Worker 1 failed at step 2")
    expect(status).toBe(1)
    expect(await runIn(file)).toMatchObject({ steps: 2, workers: 2 })
    // Uses the number of workers in the file. Another number has the same bits.
    expect(await resumed(file, "--workers", "1", "--budget", "1MB")).toBe(undisturbed)
  })

  it("writes the number of workers with which it continues", async () => {
    const file = join(place(), "run.safetensors")
    await start(["--data", text, "--resume", begun, "--workers", "1", "--save", file], {
      options: atStep(6, 'signal("SIGTERM")'),
    })
    expect((await runIn(begun)).workers).toBe(null)
    expect((await runIn(file)).workers).toBe(1)
  })

  it("continues if its folder is gone, says so, and exits with 1 and the older file", async () => {
    const at = place()
    const gone = `fs.renameSync(${JSON.stringify(at)}, ${JSON.stringify(`${at}.gone`)})`
    const run = [...small, "--save", join(at, "run"), "--save-steps", "2", "--out", join(place(), "out")]
    const { status, stderr } = await start(run, { options: atStep(1, gone) })
    expect(stderr).toMatch(
      /could not be written after step \d+: its folder does not exist\. It has step \d+; the run goes on/,
    )
    expect(stderr).toMatch(/could not be written after step 6, the last: its folder does not exist\. It has step \d+\./)
    expect(status).toBe(1)
    expect((await runIn(join(`${at}.gone`, "run"))).steps).toBeLessThan(6)
    expect(await resumed(join(`${at}.gone`, "run"))).toBe(undisturbed)
  })

  it("refuses to resume with something that gives other bits, and names both", async () => {
    const other = (runtime: Partial<Run["runtime"]>) =>
      changed((run) => ({ ...run, runtime: { ...run.runtime, ...runtime } }))
    const blas = other({ backend: "wasm", library: "OpenBLAS 0.3.34", processor: "Zen", threads: 2 })
    const composed = other({ kernels: "composed" })
    const resume = (file: string) => ["start", "--data", text, "--resume", file]
    const commands = [[...resume(begun), "--backend", "wasm"], resume(blas), resume(composed)]
    const run = inOneProcess(bin, commands, { XDG_CACHE_HOME: folder })
    const [onWasm, withBlas, withoutKernels] = commands.map((command) => {
      const { status, stdout, stderr } = run(command)
      expect([status, stdout]).toEqual([2, ""])
      return stderr
    })
    expect(onWasm).toBe(
      `bijou: --resume ${begun} is of a run on cpu, and this is wasm without a BLAS, which computes other bits. Leave out --backend, or give --allow-other-bits.\n`,
    )
    expect(withBlas).toContain(
      "is of a run on wasm with OpenBLAS 0.3.34 for Zen, 2 threads, and this is wasm without a BLAS, which computes other bits. Set up the same and leave out --no-native, or give --allow-other-bits.",
    )
    expect(withoutKernels).toContain("is of a run on cpu, without custom kernels, and")
    expect(await resumed(blas, "--allow-other-bits")).not.toBe(undisturbed)
  })

  it("resumes with the schedule, optimizer, dropout and grid of the file, and refuses another vocabulary", async () => {
    const network = (field: object) => (run: Run) => ({ ...run, network: { ...Object(run.network), ...field } })
    const edits: ReadonlyArray<(run: Run) => unknown> = [
      (run) => ({ ...run, schedule: { ...run.schedule, floor: 1e-3 } }),
      (run) => ({ ...run, optimizer: { ...run.optimizer, weightDecay: 0.5 } }),
      network({ dropout: 0.5 }),
      network({ fractionBits: 12 }),
    ]
    const digests = [undisturbed, await resumed(begun)]
    // Two at a time.
    for (let i = 0; i < edits.length; i += 2)
      digests.push(...(await Promise.all(edits.slice(i, i + 2).map((edit) => resumed(changed(edit))))))
    expect(digests[1]).toBe(undisturbed)
    expect(new Set(digests).size).toBe(1 + edits.length)
    const { status, stderr } = await start(["--data", text, "--resume", changed(network({ vocabulary: 300 }))])
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("is of a network with a vocabulary of 300, and bijou start reads bytes"),
    ])
  })

  it("refuses to overwrite its text or its own report, and a save interval without a file", async () => {
    const out = join(place(), "out")
    const before = readFileSync(text)
    symlinkSync(text, join(folder, "link"))
    const start = (...args: ReadonlyArray<string>) => ["start", ...small, ...args]
    const commands = [
      start("--save", join(folder, "link")),
      start("--out", out, "--save", join(out, "report.json")),
      start("--save-steps", "3"),
    ]
    const run = inOneProcess(bin, commands, { XDG_CACHE_HOME: folder })
    const [link, report, where] = commands.map((command) => {
      const { status, stderr } = run(command)
      expect(status).toBe(2)
      return stderr
    })
    expect(link).toContain("are the same file. Give another file.")
    expect(report).toContain("are the same file.")
    expect(where).toContain("Add --save and a file.")
    expect(existsSync(out)).toBe(false)
    expect(readFileSync(text)).toEqual(before)
  })
})
