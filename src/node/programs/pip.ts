/**
 * Runs pip, which uses the configured mirrors and proxies.
 */
import { execute, type Failure } from "./execute.ts"

// ---------------------------------------------------------- destructors

/** Returns the first Python that has pip, or null. */
export const findPip = async (): Promise<string | null> => {
  for (const python of process.platform === "win32" ? ["py", "python"] : ["python3", "python"]) {
    const works = await execute(python, ["-m", "pip", "--version"]).then(
      () => true,
      () => false,
    )
    if (works) return python
  }
  return null
}

/** Runs pip. Rejects with the last error that it prints. */
export const pip = async (python: string, args: ReadonlyArray<string>, signal: AbortSignal): Promise<void> => {
  const quiet = ["--quiet", "--disable-pip-version-check", "--retries", "2"]
  await execute(python, ["-m", "pip", ...args, ...quiet], { signal }).catch((error: Failure) => {
    const last = error.stderr
      ?.trim()
      .split("\n")
      .findLast((line) => line.startsWith("ERROR: "))
    throw new Error((last ?? error.message).replace(/^ERROR: |\.$/g, ""))
  })
}
