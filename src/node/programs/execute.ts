/**
 * Runs other programs.
 */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

/** Runs a program and returns its output. Rejects with a `Failure` if it cannot start or fails. Aborting kills it. */
export const execute = async (
  program: string,
  args: ReadonlyArray<string>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> => {
  const options = { maxBuffer: 2 ** 26, killSignal: "SIGKILL", ...(signal === undefined ? {} : { signal }) } as const
  return (await promisify(execFile)(program, [...args], options)).stdout
}

/** The error of `execFile`. */
export interface Failure {
  readonly message: string
  readonly stderr?: string
  readonly signal?: string | null
}
