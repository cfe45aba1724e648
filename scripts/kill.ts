/**
 * Kills `bijou start --save` at 5 exact calls and at 30 random moments, and goes on from what is in the file each time:
 * `npm run kill`, or `npm run kill -- 200` for so many random moments.
 *
 * The file must be complete, at most one step old, and the run must end with the bits of one that was not interrupted.
 */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { either } from "fp-ts"
import { Checkpoint, type Run } from "bijou/net"

const kills = Number(process.argv[2] ?? 30)
const steps = 40
const folder = mkdtempSync(join(tmpdir(), "bijou-kill-"))
const text = join(folder, "text.txt")
const sizes = ["--depth", "2", "--width", "16", "--heads", "2", "--context", "16", "--batch", "2", "--backend", "cpu"]
const fresh = [...sizes, "--steps", String(steps)]

/** Is called with the complete output so far, whenever there is more. */
type Meet = (child: ChildProcess, said: string) => void

interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly said: string
  /** The last step that it reported. */
  readonly step: number
}

/** Runs training that saves every step into a file, and resumes from it if it exists. `meet` receives the output. */
const start = (file: string, meet: Meet, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((done) => {
    const begin = existsSync(file) ? ["--resume", file] : fresh
    const always = ["--data", text, "--save", file, "--save-steps", "1", "--no-depths", "--out", `${file}.out`]
    const child = spawn(process.execPath, [resolve("dist/src/cli/bijou.js"), "start", ...begin, ...always], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    })
    let said = ""
    child.stderr.on("data", (chunk) => {
      said += chunk
      meet(child, said)
    })
    child.once("close", (_: number | null, signal: NodeJS.Signals | null) => {
      const shown = [...said.matchAll(/training (\d+)\//g)].map(([, step]) => Number(step))
      done({ signal, said, step: Math.max(0, ...shown) })
    })
  })

/** Returns the run in a file, which must be complete. */
const runIn = async (file: string): Promise<Run> => {
  const run = await Checkpoint.runOf(readFileSync(file))()
  if (either.isLeft(run)) assert.fail(`the file is broken: ${String(run.left)}`)
  return run.right
}

/** What shows the bits of all parameters and moments. */
const digestIn = (file: string): string | undefined => /\\"sha256\\":\[[^\]]*\]/.exec(readFileSync(file, "latin1"))?.[0]

/** Stops a run once, when its last step is taken: what follows does not matter here. */
const atEnd = (): Meet => {
  let ended = false
  return (child, said) => {
    if (ended || !said.includes(`training ${steps}/${steps}`)) return
    ended = child.kill("SIGTERM")
  }
}

const finish = async (file: string): Promise<string | undefined> => {
  if (!existsSync(file) || (await runIn(file)).steps < steps) await start(file, atEnd())
  assert.equal((await runIn(file)).steps, steps)
  return digestIn(file)
}

try {
  writeFileSync(text, "the quick brown fox jumps over the lazy dog. ".repeat(200))
  const undisturbed = await finish(join(folder, "undisturbed"))
  for (const call of ["open", "write", "sync", "rename", "renamed"]) {
    const file = join(folder, call)
    const hook = {
      NODE_OPTIONS: `--import tsx --import ${resolve("test/support/killAt.ts")}`,
      KILL_AT: `${call}:${call === "write" ? 100 : 3}`,
    }
    const { signal, said } = await start(file, () => {}, hook)
    assert.equal(signal, "SIGKILL", said)
    // The first is written before the first step.
    const { steps: saved } = await runIn(file)
    if (call !== "write") assert.equal(saved, call === "renamed" ? 2 : 1)
    assert.equal(await finish(file), undisturbed)
    process.stdout.write(`killed in ${call}: step ${saved} in the file, and the same bits at the end\n`)
  }
  let [done, chain] = [0, 0]
  while (done < kills) {
    const file = join(folder, `chain${chain++}`)
    for (let left = true; left && done < kills;) {
      const before = existsSync(file) ? (await runIn(file)).steps : 0
      let armed = false
      const { signal, step, said } = await start(file, (child, soFar) => {
        if (armed || !soFar.includes("training")) return
        armed = true
        void setTimeout(500 * Math.random()).then(() => child.kill("SIGKILL"))
      })
      assert(signal === "SIGKILL" || step === steps, said)
      left = signal === "SIGKILL"
      if (left) done++
      const { steps: saved } = await runIn(file)
      assert(saved >= before && saved >= step - 1, `step ${step} was taken, and step ${saved} is in the file`)
      process.stdout.write(`killed at a random moment, ${done} of ${kills}: step ${saved} in the file\n`)
      if (saved === steps) left = false
    }
    assert.equal(await finish(file), undisturbed)
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".part")),
    [],
  )
  process.stdout.write(
    `${kills} + 5 kills: no file was broken, at most a step was lost, and ${chain + 5} runs ended with the same bits\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
