// oxlint-disable typescript/no-non-null-assertion -- the tests run where there is a wheel, or fail
/**
 * The built command line, as a person uses it.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { isHealthy, toText, type Diagnosis } from "../../src/node/doctor/Diagnosis.ts"
import { atStep } from "../support/atStep.ts"
import { built } from "../support/built.ts"
import { rewritten, type Contents } from "../support/forgery.ts"
import { inOneProcess } from "../support/inOneProcess.ts"
import { address, fileName, thisPlatform, wheelFor } from "../../src/node/blas/Wheel.ts"

const bijou = join(built(), "dist/src/cli/bijou.js")
const folder = mkdtempSync(join(tmpdir(), "bijou-cli-"))
const text = join(folder, "text.txt")
const small = ["--depth", "3", "--width", "16", "--heads", "2", "--batch", "4", "--context", "16", "--data", text]
/** The same without the table of depths, which takes most of the time. */
const quick = [...small, "--no-depths"]

/** These tests start without a BLAS, whatever is set up on this machine. */
const cache = join(folder, "cache")
process.env["XDG_CACHE_HOME"] = cache

const start = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [bijou, "start", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

const shared = ["--micro-batch", "1", "--steps", "3"]

const ended = new Map<string, ReturnType<typeof start>>()

/** Three steps of micro-batches of one sample, with their report; run once per list of arguments. */
const threeSteps = (...args: ReadonlyArray<string>) => {
  const out = join(folder, ["shared", ...args].join(""))
  const once = ended.get(out) ?? start(...quick, ...shared, ...args, "--out", out)
  ended.set(out, once)
  return { ...once, report: JSON.parse(readFileSync(join(out, "report.json"), "utf8")) }
}

beforeAll(() => {
  writeFileSync(text, "the quick brown fox jumps over the lazy dog. ".repeat(200))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("bijou start", () => {
  it("trains, inverts without a differing bit, and reports memory and time", () => {
    const out = join(folder, "good")
    const { status, stdout, stderr } = start(...small, "--width", "32", "--steps", "60", "--out", out)
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"))
    expect(report.loss.last).toBeLessThan(report.loss.unigram)
    expect(report.loss.unigram).toBeLessThan(report.loss.uniform)
    expect(report.loss.uniform).toBe(Math.log(256))
    // x_0 and x_1 of K = 3 are rebuilt, each of 4 samples x 16 tokens x width 32 x 32 bits.
    expect(report.roundTrip).toEqual({ bits: 2 * 4 * 16 * 32 * 32, differing: 0 })
    // Two activations of 4 bytes per value, K - 1 planes of 1 bit per value, the loss, and K + 2 unread claims.
    expect(report.held.reversedBytes).toBe(2 * 8192 + 2 * 256 + 4 + 5 * 4)
    expect(report.sweep.map(({ depth, reversedBytes }: Record<string, number>) => [depth, reversedBytes])).toEqual(
      [6, 12, 24].map((k) => [k, 2 * 8192 + (k - 1) * 256 + 4 + (k + 2) * 4]),
    )
    for (const { reversedBytes, tapedBytes, reversedMs, tapedMs } of report.sweep) {
      expect(tapedBytes).toBeGreaterThan(10 * reversedBytes)
      expect(Math.min(reversedMs, tapedMs)).toBeGreaterThan(0)
    }
    expect(report).toMatchObject({ backend: "wasm", depth: 3, msPerStep: { reversed: expect.any(Number) } })
    expect(stdout).toContain("0 of 131,072 bits differ")
    expect(stderr).toContain("training 60/60")
    const own = stdout.slice(0, stdout.indexOf("Sample")) + stdout.slice(stdout.indexOf("Round trip"))
    expect(Math.max(...own.split("\n").map((line) => line.length))).toBeLessThanOrEqual(out.length + 40)
    expect(status).toBe(0)
  })

  it("keeps to a budget, and prints the plan", () => {
    const out = join(folder, "budget")
    const { status, stdout } = start(...quick, "--steps", "60", "--width", "32", "--budget", "2MB", "--out", out)
    const { budget } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"))
    expect(budget.fit.parts.map(({ path }: Record<string, string>) => path)).toEqual([
      "embed",
      ...[0, 1, 2].map((k) => `blocks/${k}`),
      "head",
    ])
    expect(budget.peak).toBeLessThanOrEqual(budget.fit.budget)
    expect(budget.fit.budget).toBe(2 * 2 ** 20)
    expect(stdout).toContain("of a budget of 2.00 MB")
    expect(stdout.replace(/\s+/g, " ")).toMatch(/Times below assume .* operations and .* GB .*, as measured\./)
    expect(status).toBe(0)
  })

  it("gives the same numbers for the same seed, others for another, and exits with 1 after too little training", () => {
    const learned = ({ status, stdout, report }: ReturnType<typeof threeSteps>) => {
      expect(stdout.replace(/\s+/g, " ")).toMatch(/is not below the [\d.]+ of byte frequencies\./)
      expect(status).toBe(1)
      return { loss: report.loss, sample: report.sample }
    }
    const first = learned(threeSteps())
    expect(learned(threeSteps("--seed", "1"))).toEqual(first) // which it has by itself
    expect(learned(threeSteps("--seed", "6")).loss).not.toEqual(first.loss)
  })

  it("trains to the same bits with any number of workers", () => {
    const run = (...workers: ReadonlyArray<string>) => {
      const { stdout, report } = threeSteps(...workers)
      const { digest, loss, sample, workers: count, microBatch } = report
      expect(microBatch).toBe(1)
      expect(stdout).toContain(digest.slice(32))
      return [count, { digest, loss, sample }]
    }
    const [, alone] = run()
    expect(run("--workers", "3")).toEqual([3, alone])
  })

  it("keeps to a budget for all workers together, with the bits of one thread without any", () => {
    const run = (...args: ReadonlyArray<string>) => {
      const { stderr, status, report } = threeSteps(...args)
      expect(stderr).toContain("training 3/3")
      expect(status).toBe(1) // three steps learn too little
      return report
    }
    const { budget, digest } = run("--workers", "2", "--budget", "2MB")
    expect(budget.fit.parts.map(({ choice }: Record<string, string>) => choice)).toContain("tape")
    expect(budget.peak).toBeLessThanOrEqual(budget.fit.peak)
    expect(budget.fit.peak).toBeLessThanOrEqual(budget.fit.budget)
    expect(run().digest).toBe(digest)
    const { stderr, status } = start(...quick, ...shared, "--workers", "2", "--budget", "1kB")
    expect(stderr).toMatch(
      /--budget 0\.00 MB is too small for 2 workers: the least that works is \d+ bytes, [\d.]+ MB\. Give that, or fewer --workers, /,
    )
    expect(status).toBe(2)
  })

  it.each([[[]], [["--workers", "2", "--micro-batch", "2"]]])(
    "ends at a step boundary on Ctrl-C, with a summary and without a report, given %j",
    async (more) => {
      const out = join(folder, "interrupted")
      const child = spawn(process.execPath, [bijou, "start", ...small, ...more, "--steps", "100000", "--out", out], {
        stdio: ["ignore", "pipe", "pipe"],
      })
      let shown = ""
      child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()))
      child.stderr.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("training 1/")) child.kill("SIGINT")
      })
      const status = await new Promise((resolve) => child.once("exit", resolve))
      expect(shown).toMatch(/Stopped after step \d+ of 100000\.\nValidation loss: [\d.]+, now [\d.]+\./)
      expect(existsSync(out)).toBe(false)
      expect(status).toBe(130)
    },
  )

  it("resumes from a checkpoint to the same bits, under the plan that was fitted to a budget", async () => {
    const [out, file] = [join(folder, "saved"), join(folder, "run.safetensors")]
    const run = [...quick, "--budget", "2MB", "--steps", "20", "--seed", "3", "--out", out]
    const digestOf = () => JSON.parse(readFileSync(join(out, "report.json"), "utf8")).digest
    start(...run)
    const unbroken = digestOf()
    rmSync(out, { recursive: true })
    const child = spawn(process.execPath, [bijou, "start", ...run, "--save", file], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, NODE_OPTIONS: atStep(1, 'signal("SIGINT")') },
    })
    let shown = ""
    child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()))
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(130)
    expect(shown).toContain(`Resume it with --resume ${file}`)
    const [, steps = ""] = /Stopped after step (\d+) of 20/.exec(shown) ?? []
    expect(Number(steps)).toBeGreaterThan(0)
    const resumed = start("--data", text, "--resume", file, "--save", file, "--out", out, "--no-depths")
    expect(resumed.stdout.replace(/\s+/g, " ")).toContain(`Resumed from ${file} at step ${steps} of 20`)
    expect(resumed.stdout).toContain("of a budget of 2.00 MB")
    expect(digestOf()).toBe(unbroken)
    const refused = (...args: ReadonlyArray<string>) => {
      const { status, stderr } = start("--data", text, ...args)
      expect(status).toBe(2)
      return stderr
    }
    expect(refused("--resume", file)).toBe(
      `bijou: --resume ${file} has taken all of its 20 steps. For more, start a new run.\n`,
    )
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([])
  })

  it("refuses a file that is no checkpoint, one that is cut off, and one of another run", () => {
    const fileOf = (name: string) => join(folder, `${name}.safetensors`)
    const [shorter, cut, none] = [fileOf("shorter"), fileOf("cut"), fileOf("none")]
    const bytes = readFileSync(join(folder, "run.safetensors"))
    // One step short of its end.
    const oneShort = ({ arrays, stored }: Contents) => ({
      arrays,
      stored: { ...stored, run: { ...stored.run, steps: 19 } },
    })
    writeFileSync(shorter, rewritten(bytes, oneShort))
    writeFileSync(cut, readFileSync(shorter).subarray(0, -4))
    const refusals: ReadonlyArray<readonly [ReadonlyArray<string>, string | RegExp]> = [
      [["--resume", none], `--resume ${none} cannot be read: there is no such file.`],
      [["--resume", text], `--resume ${text}: This is not a complete checkpoint: it has 9000 bytes`],
      [["--save", join(none, "x"), "--data", text], "is not a folder that can be written to."],
      [
        ["--resume", shorter, "--depth", "4", "--data", text],
        'is of a run with --depth 3, not "4". Leave it out, or start a new run.',
      ],
      [["--resume", shorter, "--data", bijou], "is of a run on another text."],
      [["--resume", cut, "--data", text], /its header lists \d+ bytes of numbers, but there are \d+/],
    ]
    const refused = inOneProcess(
      bijou,
      refusals.map(([args]) => ["start", ...args]),
    )
    for (const [args, sentence] of refusals) {
      const { status, stderr } = refused(["start", ...args])
      expect(stderr).toMatch(sentence)
      expect(status).toBe(2)
    }
  })

  const refusals: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["--threads", "0"], '--threads must be an integer from 1 to 1024, not "0"'],
    [["--threads", "2"], "--threads sets the threads of a BLAS, and none is set up. Run: npx bijou setup blas"],
    [["--steps", "abc"], '--steps must be an integer from 1 to 1000000, not "abc"'],
    [["--steps", "1.5"], "--steps must be an integer"],
    [["--depth", "0"], "--depth must be an integer"],
    [["--seed", "-1"], "--seed must be an integer"],
    [["--budget", "lots"], '--budget must be an amount of memory such as 64MB, not "lots"'],
    [["--backend", "abacus"], '--backend must be wasm, cpu, webgpu or tensorflow, not "abacus"'],
    [["--width", "18", "--heads", "4"], "--heads 4 does not divide --width 18"],
    [["--workers", "0"], '--workers must be an integer from 1 to 1024, not "0"'],
    [["--micro-batch", "half"], '--micro-batch must be an integer from 1 to 4096, not "half"'],
    [["--batch", "12", "--micro-batch", "8"], "--micro-batch 8 does not divide --batch 12. Use a size that does."],
    [
      ["--workers", "2", "--backend", "webgpu"],
      "Workers run on the CPU backends wasm, cpu and tensorflow; webgpu distributes its work",
    ],
    [["--batch", "16", "--workers", "3"], "--batch 16, which is 2 micro-batches of 8. Use at most 2"],
    [
      ["--batch", "9", "--workers", "2"],
      "--batch 9, which is 1 micro-batch of 9. Use at most 1, or a smaller --micro-batch.",
    ],
    [["--data", "no/such/file"], "there is no such file or folder"],
    [["--frob"], "unknown option '--frob'"],
    [["--steps"], "argument missing"],
    [["surplus"], "too many arguments"],
    [["--out", "package.json"], "package.json cannot be created or written to"],
  ]
  const refusedTo = join(folder, "refused")
  const withOut = (args: ReadonlyArray<string>) => ["start", "--out", refusedTo, ...args]
  const refused = inOneProcess(
    bijou,
    refusals.map(([args]) => withOut(args)),
  )

  it.each(refusals)("refuses %j in one sentence, and writes nothing", (args, sentence) => {
    const { status, stdout, stderr } = refused(withOut(args))
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stdout).toBe("")
    expect(existsSync(refusedTo)).toBe(false)
    expect(status).toBe(2)
  })

  it("refuses in a process of its own, too", () => {
    expect(start("--steps", "abc")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: 'bijou: --steps must be an integer from 1 to 1000000, not "abc".\n',
    })
  })

  it.each([
    ["", "contains no text"],
    ["too short", "A text of 9 bytes is too short"],
  ])("refuses a text of %j", (content, sentence) => {
    const path = join(folder, "bad.txt")
    writeFileSync(path, content)
    const { status, stderr } = start("--data", path, "--out", join(folder, "refused"))
    expect(stderr).toContain(sentence)
    expect(existsSync(join(folder, "refused"))).toBe(false)
    expect(status).toBe(2)
  })
})

describe("bijou ledger", () => {
  const ledger = (...args: ReadonlyArray<string>) =>
    spawnSync(process.execPath, [bijou, "ledger", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  const sizes = ["--depth", "3", "--width", "16", "--heads", "2", "--batch", "4", "--context", "16"]

  it("prints a step's bytes by owner as a table, as JSON and as a drawing, measured as predicted", () => {
    const svg = join(folder, "ledger.svg")
    const table = ledger(...sizes, "--budget", "2MB", "--svg", svg)
    expect(table.stdout.replace(/\s+/g, " ")).toMatch(/Times below assume .* GB .*, as measured\./)
    expect(table.stdout).toMatch(/parameters +\d/)
    expect(table.stdout).toMatch(/peak of the process \d+\.\d\d MB/)
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    const [measured, predicted] = [[], ["--predict"]].map((args) =>
      JSON.parse(ledger(...sizes, "--json", ...args).stdout),
    )
    expect(measured.ledger).toEqual(predicted.ledger)
    expect([predicted.processPeak, measured.processPeak > 2 ** 20]).toEqual([null, true])
    expect(table.status).toBe(0)
  })

  it("predicts a network that does not fit this machine, and fits it to a budget", () => {
    const { stdout, status } = ledger(
      "--depth",
      "24",
      "--width",
      "8192",
      "--heads",
      "64",
      "--predict",
      "--budget",
      "4TB",
    )
    expect(stdout).toContain("blocks/0 .. 23")
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /Times below assume 30\.0 billion operations and 3\.7 GB .*, as on one core\./,
    )
    expect(stdout).toContain("of a budget of 4194304.00 MB")
    expect(status).toBe(0)
  })

  const refusals: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [
      ["--budget", "1kB"],
      /--budget 0\.00 MB is too small: the least that works is \d+ bytes, .* Give that, or a smaller/,
    ],
    [["--svg", "no/such/folder/x.svg"], /is not a folder that can be written to/],
    [["--plan", "none"], /--plan must be reversed or taped/],
    [["--heads", "3"], /--heads 3 does not divide --width 16/],
  ]
  const refused = inOneProcess(
    bijou,
    refusals.map(([args]) => ["ledger", ...sizes, ...args]),
  )

  it.each(refusals)("refuses %j in one sentence", (args, sentence) => {
    const { status, stderr } = refused(["ledger", ...sizes, ...args])
    expect(stderr).toMatch(sentence)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(status).toBe(2)
  })
})

describe("bijou setup blas", () => {
  /** Runs without a network, with these lines as `python3`, if any. */
  const native = ({ python, before = "", cacheHome = cache }: Setting, ...args: ReadonlyArray<string>) => {
    const bin = mkdtempSync(join(folder, "bin-"))
    if (python !== undefined) writeFileSync(join(bin, "python3"), `#!/bin/sh\n${python}\n`, { mode: 0o755 })
    const offline = `globalThis.fetch = async () => { throw new Error("the network is down") };${before}`
    const url = `data:text/javascript,${encodeURIComponent(offline)}`
    const env = { ...process.env, XDG_CACHE_HOME: cacheHome, PATH: python === undefined ? bin : `${bin}:/usr/bin:/bin` }
    return spawnSync(process.execPath, ["--import", url, bijou, "setup", "blas", ...args], { encoding: "utf8", env })
  }
  interface Setting {
    readonly python?: string
    readonly before?: string
    readonly cacheHome?: string
  }
  const noKoffi =
    "export const resolve = (name, context, next) => { if (name === 'koffi') throw new Error('no'); return next(name, context) }"
  const withoutKoffi = `(await import("node:module")).register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(noKoffi)}`)})`
  /** A fake pip. */
  const pip = (action: string) => `case "$*" in *--version*) exit 0;; esac\n${action}`

  it.each<readonly [string, Setting, ReadonlyArray<string>, string]>([
    ["an origin", {}, ["--from", "nowhere"], '--from must be auto, system or pypi, not "nowhere".'],
    ["too much", {}, ["surplus"], "too many arguments"],
    ["no pip and no network", {}, ["--from", "pypi"], "Python with pip is not installed, and files.pythonhosted.org"],
    [
      "a pip that fails",
      { python: pip('echo "WARNING: x" >&2; echo "ERROR: No space left on device." >&2; exit 1') },
      ["--from", "pypi"],
      "pip says: No space left on device.",
    ],
    [
      "a wheel with another digest",
      { python: pip(`while [ "$1" != -d ]; do shift; done; echo no > "$2/${fileName(wheelFor(thisPlatform())!)}"`) },
      ["--from", "pypi"],
      "the download is damaged or was modified, and nothing was set up",
    ],
    ["a file for a folder", { cacheHome: join(process.cwd(), "package.json") }, ["--from", "pypi"], "cannot be used: "],
    ["no koffi", { before: withoutKoffi }, ["--from", "pypi"], "Run: npm install koffi"],
  ])("refuses %s in one sentence, and leaves no files", (_name, setting, args, sentence) => {
    const { status, stderr } = native(setting, ...args)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(existsSync(join(cache, "bijou")) ? readdirSync(join(cache, "bijou")) : []).toEqual([])
    expect(status).toBe(2)
  })

  it("has wheels for the usual platforms, and no others", () => {
    expect(address(wheelFor("linux-x64")!)).toMatch(
      /^https:\/\/files\.pythonhosted\.org\/packages\/75\/93\/\w{60}\/scipy_/,
    )
    expect(wheelFor("aix-ppc64")).toBe(null)
  })

  it("reports a damaged BLAS, and removes it", () => {
    const there = join(cache, "bijou", "native")
    mkdirSync(there, { recursive: true })
    writeFileSync(join(there, "native.json"), "{}")
    const damaged = start(...small, "--out", join(folder, "refused"))
    expect(damaged.stderr).toContain("native.json is damaged. Run: npx bijou setup blas")
    expect(damaged.status).toBe(2)
    const library = { kind: "openblas", source: "system", wheel: null, prefix: "", file: "/nowhere/libopenblas.so" }
    writeFileSync(join(there, "native.json"), JSON.stringify(library))
    const gone = start(...small, "--out", join(folder, "refused"))
    expect(gone.stderr).toMatch(/The library \/nowhere\/libopenblas\.so cannot be used: .*Run: npx bijou setup blas/)
    expect(gone.status).toBe(2)
    expect(native({}, "--remove").stdout).toBe(`Removed ${there}\n`)
    expect(native({}, "--remove")).toMatchObject({ stdout: `Nothing is set up in ${there}\n`, status: 0 })
  })
})

describe("bijou doctor", () => {
  it("reports every backend, set up or not, and how to fix it", () => {
    const { status, stdout } = spawnSync(process.execPath, [bijou, "doctor", "--json"], { encoding: "utf8" })
    const { backends } = JSON.parse(stdout) as Diagnosis // what the command writes
    const states = Object.fromEntries(backends.map(({ name, status: state }) => [name, state]))
    expect(states).toEqual({
      cpu: "ready",
      wasm: "ready",
      "wasm with a BLAS": "not set up",
      tensorflow: "not set up",
      "tensorflow on a GPU": "not set up",
      webgpu: expect.stringMatching(/^(ready|not set up)$/), // as the machine has it
    })
    for (const { status: state, measured, todo } of backends) {
      if (state === "not set up") expect(todo).not.toBe(null)
      else {
        expect(measured).toMatchObject({ differing: 0 })
        expect(measured?.repeats).toBeGreaterThanOrEqual(12)
        expect(measured?.gflops).toBeGreaterThan(0)
      }
    }
    const wasm = backends.find(({ name }) => name === "wasm")
    expect(wasm?.fallbacks).toContain("UnsortedSegmentSum")
    expect(wasm?.missing).toContain("Einsum")
    expect(toText({ node: "20", platform: "linux", backends }, 100)).toMatch(/fallbacks plain JavaScript, slow: Conv3D/)
    const lines = toText({ node: "20", platform: "linux", backends }, 40).split("\n")
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(48)
    expect(lines).toContain("wasm with a BLAS: not set up")
    expect(status).toBe(0)
  })

  it("calls a backend unhealthy that does not repeat its bits", () => {
    const none = { version: null, device: null, kernels: [], fallbacks: [], missing: [], todo: null } as const
    const one = { name: "wasm", status: "ready", ...none } as const
    const measured = { gflops: 1, size: 128, repeats: 10, differing: 1 }
    const diagnosis = { node: "20", platform: "linux", backends: [{ ...one, measured }] }
    expect(isHealthy(diagnosis)).toBe(false)
    expect(toText(diagnosis, 80)).toContain("NO: 1 of 10 repeats differ")
  })
})
