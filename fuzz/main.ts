/**
 * `npm run fuzz -- [--seed 1] [--inputs 70000] [--at INDEX] [--backend wasm] [reader ...]`: gives every reader almost
 * valid inputs.
 *
 * Within seconds, every input must end in its value or in an error that the reader declares, with a sentence, and leave
 * nothing allocated. Exits with 1 if one does not, and with 2 if it cannot start.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startProgressBar } from "../src/cli/ProgressBar.ts"
import { readers } from "./readers/index.ts"
import type { Verdict } from "./tryInput.ts"

// ---------------------------------------------------------------- model

interface Count {
  readonly reader: string
  inputs: number
  accepted: number
  refused: number
  "raw error": number
  leak: number
  hang: number
}

interface Chosen {
  readonly seed: number
  readonly inputs: number
  readonly at: number | null
  readonly backend: "cpu" | "wasm"
  readonly names: ReadonlyArray<string>
}

interface Message {
  readonly index: number
  readonly verdict?: Verdict
}

/** Milliseconds in which an input is read at the latest, and in which the process starts. */
const patience = 20_000

// ---------------------------------------------------------- destructors

const chosen = ((): Chosen | string => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      inputs: { type: "string", default: "70000" },
      at: { type: "string" },
      backend: { type: "string", default: "wasm" },
    },
  })
  const [seed, inputs, at] = [
    Number(values.seed),
    Number(values.inputs),
    values.at === undefined ? null : Number(values.at),
  ]
  for (const [name, n] of Object.entries({ seed, inputs, at }))
    if (n !== null && (!Number.isSafeInteger(n) || n < 0)) return `--${name} must be an integer of at least 0.`
  const { backend } = values
  if (backend !== "cpu" && backend !== "wasm") return "--backend must be cpu or wasm."
  const known = readers.map(({ name }) => name)
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) return `${JSON.stringify(unknown)} is no reader: there are ${known.join(", ")}.`
  return { seed, inputs, at, backend, names: positionals.length === 0 ? known : positionals }
})()

/**
 * Reads the inputs from one number to another, in as many processes as that takes: another one after each that hangs or
 * dies.
 */
const fuzz = async ({ seed, backend }: Chosen, count: Count, from: number, to: number, told: () => void) => {
  let next = from
  while (next < to && !stopped) next = await run(next)

  function run(first: number): Promise<number> {
    return new Promise((resolve) => {
      const words = [count.reader, String(seed), String(first), String(to), backend]
      const child = fork(fileURLToPath(new URL("child.ts", import.meta.url)), words, {
        execArgv: [...process.execArgv, "--max-old-space-size=2048"],
      })
      running = child
      let begun: number | null = null
      let hung = false
      const expire = () => {
        hung = true
        child.kill("SIGKILL")
      }
      let timer = setTimeout(expire, 6 * patience)
      child.on("message", ({ index, verdict }: Message) => {
        clearTimeout(timer)
        timer = setTimeout(expire, patience)
        begun = index
        if (verdict === undefined) return
        begun = null
        next = index + 1
        count.inputs++
        count[verdict._tag]++
        if (verdict._tag === "raw error" || verdict._tag === "leak") fault(verdict._tag, index, verdict.what)
        told()
      })
      child.once("exit", (code, signal) => {
        clearTimeout(timer)
        running = null
        if (stopped) return resolve(to)
        if (code === 0) return resolve(next)
        count.inputs++
        if (hung) count.hang++
        else count["raw error"]++
        const at = begun ?? next
        fault(
          hung ? "hang" : "raw error",
          at,
          hung ? `no end within ${patience / 1000} s` : `the process ended (${code ?? signal})`,
        )
        resolve(at + 1)
      })
    })
  }

  function fault(kind: string, index: number, what: string) {
    faults.push(
      `${count.reader}: ${kind}: ${what}\n  npm run fuzz -- --seed ${seed} --at ${index} --backend ${backend} ${count.reader}`,
    )
  }
}

const faults: string[] = []
let stopped = false
let running: ReturnType<typeof fork> | null = null

if (typeof chosen === "string") {
  process.stderr.write(`${chosen}\n`)
  process.exitCode = 2
} else {
  process.once("SIGINT", () => {
    stopped = true
    running?.kill("SIGKILL")
  })
  const { at, inputs, names } = chosen
  const each = at === null ? Math.ceil(inputs / names.length) : 1
  const counts: Count[] = []
  const progress = startProgressBar("fuzz", each * names.length)
  for (const reader of names) {
    if (stopped) break
    const count = { reader, inputs: 0, accepted: 0, refused: 0, "raw error": 0, leak: 0, hang: 0 }
    counts.push(count)
    const from = at ?? 0
    const total = () => counts.reduce((sum, one) => sum + one.inputs, 0)
    await fuzz(chosen, count, from, from + each, () => progress.update(total(), reader))
  }
  progress.stop()
  const columns = ["reader", "inputs", "accepted", "refused", "raw error", "leak", "hang"] as const
  for (const row of [Object.fromEntries(columns.map((name) => [name, name])), ...counts.map((count) => ({ ...count }))])
    process.stdout.write(`${columns.map((name) => String(row[name]).padEnd(12)).join("")}\n`)
  for (const fault of faults.slice(0, 20)) process.stdout.write(`\n${fault}\n`)
  if (faults.length > 20) process.stdout.write(`\nand ${faults.length - 20} more\n`)
  process.exitCode = stopped ? 130 : faults.length > 0 ? 1 : 0
}
