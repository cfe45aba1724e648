/**
 * The output of a command.
 */
import { wrapped } from "../node/doctor/wrapped.ts"
import { columns } from "./columns.ts"

/** Prints a line of the results on standard output. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Prints text that wraps at the width of the terminal, after a label of the first line. */
export const paragraph = (text: string, label = ""): void => say(wrapped(label, text, columns()).join("\n"))

/** Prints a line on standard error, so that results in a pipe stay clean. */
export const warn = (line: string): void => {
  process.stderr.write(`bijou: ${line}\n`)
}
