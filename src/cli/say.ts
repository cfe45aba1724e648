/**
 * What a command says.
 */

/** A line of the results, on standard output. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** A line beside the results, on standard error, so that what goes into a pipe stays clean. */
export const warn = (line: string): void => {
  process.stderr.write(`bijou: ${line}\n`)
}
