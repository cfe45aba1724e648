/**
 * Runs code at an exact step of a training command, however busy the machine is.
 */

/**
 * Returns the NODE_OPTIONS with which a command runs `code` once, when it reports that it has taken `step` steps.
 * `signal` and `fs` are in scope.
 */
export const atStep = (step: number, code: string): string => {
  const hook = `
    import * as fs from "node:fs"
    const signal = (name) => process.kill(process.pid, name)
    const write = process.stderr.write.bind(process.stderr)
    process.stderr.write = (text, ...rest) => {
      if (String(text).includes("training ${step}/")) {
        process.stderr.write = write
        ${code}
      }
      return write(text, ...rest)
    }`
  return `--import data:text/javascript,${encodeURIComponent(hook)}`
}
