/**
 * The location of the worker script.
 */

/** Returns the script next to this file. If this file is TypeScript, so is the script, and tsx compiles both. */
export const workerScript = (): URL =>
  import.meta.url.endsWith(".ts")
    ? compiling(new URL("./worker.ts", import.meta.url))
    : new URL("./worker.js", import.meta.url)

const compiling = (url: URL): URL => {
  const tsx = new URL(import.meta.resolve("tsx/esm/api")).href
  const code = `const { register } = await import("${tsx}"); register(); await import("${url.href}")`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
