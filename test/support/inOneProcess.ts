/**
 * Many runs of the command `bijou` in one process, which loads TensorFlow.js once: for commands that end early, such as
 * those that are refused.
 */
import { execFileSync } from "node:child_process"

/** How a command ended. */
export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

type Arguments = ReadonlyArray<string>

/**
 * How `bin` ends with each of these lists of arguments, in this order; they run when the first of them is asked for.
 * Every run evaluates `bin` again, with its own arguments, output and exit code, in this environment with `env` over
 * it.
 */
export const inOneProcess = (
  bin: string,
  commands: ReadonlyArray<Arguments>,
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): ((command: Arguments) => Ended) => {
  let ended: ReadonlyMap<string, Ended> | null = null
  return (command) => {
    ended ??= run(bin, commands, { env: { ...process.env, ...env }, cwd })
    const one = ended.get(JSON.stringify(command))
    if (one === undefined) throw new Error(`The command ${JSON.stringify(command)} did not run.`)
    return one
  }
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

const run = (
  bin: string,
  commands: ReadonlyArray<Arguments>,
  { env, cwd }: Surroundings,
): ReadonlyMap<string, Ended> => {
  const options = { cwd, env, input: JSON.stringify({ bin, commands }), encoding: "utf8", maxBuffer: 2 ** 26 } as const
  const stdout = execFileSync(process.execPath, ["--input-type=module", "--eval", code], options)
  const results = JSON.parse(stdout) as ReadonlyArray<Ended> // what the code below writes
  return new Map(results.map((result, i) => [JSON.stringify(commands[i]), result]))
}

const code = `
  import { readFileSync } from "node:fs"
  import { pathToFileURL } from "node:url"

  process.execArgv = [] // by which the command would take itself for an evaluated string
  const { bin, commands } = JSON.parse(readFileSync(0, "utf8"))
  const outputs = ["stdout", "stderr"]
  const write = process.stdout.write.bind(process.stdout)
  const ended = []
  for (const [i, args] of commands.entries()) {
    const said = { stdout: "", stderr: "" }
    for (const name of outputs) process[name].write = (text) => ((said[name] += text), true)
    process.argv = [process.execPath, bin, ...args]
    process.exitCode = undefined
    await import(pathToFileURL(bin).href + "?" + i)
    ended.push({ status: process.exitCode ?? 0, ...said })
    for (const name of outputs) process[name].removeAllListeners("error")
  }
  process.exitCode = 0
  write(JSON.stringify(ended))
`
