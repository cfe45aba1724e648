/**
 * PyTorch as a runner: a Python process that takes one step at a time, of the trunk unless told otherwise.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { trunk } from "./sizes.ts"

const ofTrunk = { file: "torch_trunk.py", sizes: trunk }

/** Starts a mode of a script in this folder and waits until it stands; `version` is PyTorch's. */
export const startTorch = async (python, mode, depth, threads, { file, sizes } = ofTrunk) => {
  const script = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(python, [script, mode, String(depth), String(threads), JSON.stringify(sizes)], {
    stdio: ["pipe", "pipe", "pipe"],
  })
  let said = ""
  child.stderr.on("data", (chunk) => (said += chunk))
  const lines = createInterface({ input: child.stdout })
  const waiting = []
  lines.on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)))
  const end = (reason) => {
    const last = said.trim().split("\n").at(-1)
    for (const { reject } of waiting.splice(0))
      reject(new Error(`PyTorch by ${python} ended early: ${last || reason}. Give a Python that has torch.`))
  }
  child.once("error", ({ message }) => end(message))
  child.once("close", (code) => end(`exit code ${code}`))
  const next = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  process.once("exit", () => child.kill("SIGKILL"))
  const { ready: version } = await next()
  const ask = (question) => {
    const answer = next()
    child.stdin.write(`${question}\n`)
    return answer
  }
  return {
    mode: `torch ${mode}`,
    version,
    take: () => ask("take"),
    measure: async () => ({ held: null, peak: null, ...(await ask("measure")) }),
    stop: () => child.kill("SIGKILL"),
  }
}
