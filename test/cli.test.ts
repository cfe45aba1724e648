/**
 * The command line as a person uses it: built, in processes of its own.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const built = ".reports/cli"
const bijou = join(built, "src/cli/bijou.js")
const folder = mkdtempSync(join(tmpdir(), "bijou-cli-"))
const text = join(folder, "text.txt")
const small = ["--depth", "3", "--width", "16", "--heads", "2", "--batch", "4", "--context", "16", "--data", text]

const start = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [bijou, "start", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

beforeAll(() => {
  rmSync(built, { recursive: true, force: true })
  execFileSync("npx", ["tsc", "-p", "tsconfig.build.json", "--outDir", built], { stdio: "ignore" })
  writeFileSync(text, "the quick brown fox jumps over the lazy dog. ".repeat(200))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("bijou start", () => {
  it("trains, goes there and back without a bit of difference, and says what it cost", () => {
    const out = join(folder, "good")
    const { status, stdout, stderr } = start(...small, "--width", "32", "--steps", "120", "--out", out)
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"))
    expect(report.loss.last).toBeLessThan(report.loss.unigram)
    expect(report.loss.unigram).toBeLessThan(report.loss.uniform)
    expect(report.loss.uniform).toBe(Math.log(256))
    // Rebuilt are x_0 and x_1 of K = 3, each of 4 samples x 16 tokens x width 32 and 32 bits a value.
    expect(report.roundTrip).toEqual({ bits: 2 * 4 * 16 * 32 * 32, differing: 0 })
    // Two activations of 4 bytes a value, K - 1 planes of 1 bit a value, the loss, and K + 2 claims not yet read.
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
    expect(stderr).toContain("training 120/120")
    const own = stdout.slice(0, stdout.indexOf("Sample")) + stdout.slice(stdout.indexOf("Round trip"))
    expect(Math.max(...own.split("\n").map((line) => line.length))).toBeLessThanOrEqual(out.length + 40)
    expect(status).toBe(0)
  })

  it("gives the same numbers for the same seed, others for another, and ends with 1 where too little was learned", () => {
    const run = (seed: string, name: string) => {
      const out = join(folder, name)
      const { status, stdout } = start(...small, "--steps", "2", "--seed", seed, "--out", out)
      expect(stdout).toContain("is not below that of byte frequencies")
      expect(status).toBe(1)
      const { loss, sample } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"))
      return { loss, sample }
    }
    const first = run("5", "a")
    expect(run("5", "b")).toEqual(first)
    expect(run("6", "c").loss).not.toEqual(first.loss)
  })

  it("ends at a step boundary on Ctrl-C, with a summary and without a report", async () => {
    const out = join(folder, "interrupted")
    const child = spawn(process.execPath, [bijou, "start", ...small, "--steps", "100000", "--out", out], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    let shown = ""
    child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("training 1/")) child.kill("SIGINT")
    })
    const status = await new Promise((resolve) => child.once("exit", resolve))
    expect(shown).toMatch(/Stopped after step \d+ of 100000\. Validation loss: [\d.]+, now [\d.]+\./)
    expect(existsSync(out)).toBe(false)
    expect(status).toBe(130)
  })

  it.each([
    [["--steps", "abc"], '--steps must be a whole number from 1 to 1000000, not "abc"'],
    [["--steps", "1.5"], "--steps must be a whole number"],
    [["--depth", "0"], "--depth must be a whole number"],
    [["--seed", "-1"], "--seed must be a whole number"],
    [["--backend", "abacus"], '--backend must be wasm or cpu, not "abacus"'],
    [["--width", "18", "--heads", "4"], "--heads 4 does not divide --width 18"],
    [["--data", "no/such/file"], "there is no such file or folder"],
    [["--frob"], "unknown option '--frob'"],
    [["--steps"], "argument missing"],
    [["surplus"], "too many arguments"],
    [["--out", "package.json"], "is not a folder that can be made and written to"],
  ])("refuses %j in one sentence, and writes nothing", (args, sentence) => {
    const out = join(folder, "refused")
    const { status, stdout, stderr } = start("--out", out, ...args)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stdout).toBe("")
    expect(existsSync(out)).toBe(false)
    expect(status).toBe(2)
  })

  it.each([
    ["", "holds no text"],
    ["too short", "too short a text"],
  ])("refuses a text of %j", (content, sentence) => {
    const path = join(folder, "bad.txt")
    writeFileSync(path, content)
    const { status, stderr } = start("--data", path, "--out", join(folder, "refused"))
    expect(stderr).toContain(sentence)
    expect(existsSync(join(folder, "refused"))).toBe(false)
    expect(status).toBe(2)
  })
})
