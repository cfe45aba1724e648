/**
 * PyTorch as a runner: a Python process that takes one step on request, by default of the trunk.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as t from "io-ts"
import { decoded } from "./decoded.ts"
import { Taken } from "./Mode.ts"
import type { Runner } from "./Runner.ts"
import { trunk } from "./sizes.ts"

// ---------------------------------------------------------------- model

export interface TorchRunner extends Runner {
  /** PyTorch's. */
  readonly version: string
}

/** A script of the folder `bench`, and the sizes that it is given. */
export interface Script {
  readonly file: string
  readonly sizes: Readonly<Record<string, number>>
}

const ofTrunk: Script = { file: "torch_trunk.py", sizes: trunk }

interface Waiting {
  readonly resolve: (line: unknown) => void
  readonly reject: (error: Error) => void
}

// --------------------------------------------------------- constructors

/** Starts a mode of a script and waits until its network is made. */
export const startTorch = async (
  python: string,
  mode: string,
  depth: number,
  threads: number,
  { file, sizes }: Script = ofTrunk,
): Promise<TorchRunner> => {
  // The compiled benchmark is in another folder than its sources.
  const script = fileURLToPath(new URL(`bench/${file}`, import.meta.resolve("bijou/package.json")))
  const child = spawn(python, [script, mode, String(depth), String(threads), JSON.stringify(sizes)], {
    stdio: ["pipe", "pipe", "pipe"],
  })
  let said = ""
  child.stderr.on("data", (chunk) => (said += chunk))
  const lines = createInterface({ input: child.stdout })
  const waiting: Waiting[] = []
  lines.on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)))
  const end = (reason: string) => {
    const last = said.trim().split("\n").at(-1)
    for (const { reject } of waiting.splice(0))
      reject(new Error(`PyTorch by ${python} ended early: ${last || reason}. Give a Python that has torch.`))
  }
  child.once("error", ({ message }) => end(message))
  child.once("close", (code) => end(`exit code ${code}`))
  const next = async <A>(codec: t.Type<A, unknown, unknown>): Promise<A> =>
    decoded(codec, await new Promise<unknown>((resolve, reject) => waiting.push({ resolve, reject })))
  process.once("exit", () => child.kill("SIGKILL"))
  const { ready: version } = await next(t.strict({ ready: t.string }))
  const ask = <A>(question: "take" | "measure", codec: t.Type<A, unknown, unknown>): Promise<A> => {
    const answer = next(codec)
    child.stdin.write(`${question}\n`)
    return answer
  }
  return {
    mode: `torch ${mode}`,
    version,
    take: () => ask("take", Taken),
    measure: async () => ({ held: null, peak: null, ...(await ask("measure", t.strict({ process: t.number }))) }),
    stop: () => child.kill("SIGKILL"),
  }
}
