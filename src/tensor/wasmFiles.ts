/**
 * Where a browser finds the WebAssembly of the backend wasm.
 *
 * Node reads it from the package. A page fetches it, and TensorFlow.js looks beside the script or the page, where bundlers put none of it.
 */
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { setWasmPaths, tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The files in `dist` of `@tensorflow/tfjs-backend-wasm`; a browser takes one, by what it can do. */
const files = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
] as const satisfies ReadonlyArray<WasmFile>

/** The files that the backend wasm may need: plain, with SIMD, and with SIMD and threads. A page fetches one of them. */
export type WasmFile = "tfjs-backend-wasm.wasm" | "tfjs-backend-wasm-simd.wasm" | "tfjs-backend-wasm-threaded-simd.wasm"

/** The URL of the folder that has the files, or the URL of each file, as bundlers give them. A relative one is taken from the page. */
export type WasmPaths = string | URL | Readonly<Partial<Record<WasmFile, string | URL>>>

/** The part of a page or a web worker that is used. */
interface Place {
  readonly location?: { readonly href: string }
  readonly document?: { readonly baseURI: string; readonly currentScript: { readonly src?: string } | null }
}

const { location, document } = globalThis as Place

/** A script that is no module knows its place only while it runs for the first time. */
const script = document?.currentScript?.src

// ----------------------------------------------------------- combinators

/**
 * Has the backend wasm start from these files. Rejects with `BackendUnavailable` where a page cannot have the one it needs, before
 * TensorFlow.js tries, which it does only once.
 */
export const locateWasm = async (paths?: WasmPaths): Promise<void> => {
  if (tf.engine().registry["wasm"] !== undefined) return
  // Tests in Node may have a page that they made up, and read the files from the package nevertheless.
  const isPage = location !== undefined && !tf.env().getBool("IS_NODE")
  if (!isPage && paths === undefined) return
  const url = urlOf(await neededFile(), paths, isPage)
  if (isPage) await tryFetching(url)
  try {
    setWasmPaths(Object.fromEntries(files.map((name) => [name, url])))
  } catch (cause) {
    throw new BackendUnavailable(
      `The backend wasm did not start from ${url} or another file before, and TensorFlow.js tries only once. Load the page again.`,
      { cause },
    )
  }
}

const neededFile = async (): Promise<WasmFile> => {
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")
  const threads = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")
  return files[simd === true ? (threads === true ? 2 : 1) : 0]
}

const urlOf = (file: WasmFile, paths: WasmPaths | undefined, isPage: boolean): string => {
  const page = document?.baseURI ?? location?.href
  const absolute = (url: string): string => (isPage ? new URL(url, page).href : url)
  if (paths === undefined) return new URL(file, script === undefined || script === "" ? page : script).href
  if (typeof paths === "string" || paths instanceof URL) return absolute(`${String(paths).replace(/\/?$/, "/")}${file}`)
  const path = paths[file]
  if (path === undefined)
    throw new BackendUnavailable(
      `The backend wasm needs ${file} here, and paths names ${Object.keys(paths).join(", ") || "no file"}. Name all of ${files.join(", ")}.`,
    )
  return absolute(String(path))
}

const tryFetching = async (url: string): Promise<void> => {
  const wrong = await whatIsWrong(url)
  if (wrong !== null)
    throw new BackendUnavailable(
      `The backend wasm cannot load ${url}: ${wrong}. Serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist and say where: useBackend("wasm", { paths: "/folder/" }). For Vite, webpack and esbuild see docs/browsers.md of bijou.`,
    )
}

/** What keeps this URL from being WebAssembly; null where nothing does. */
const whatIsWrong = async (url: string): Promise<string | null> => {
  try {
    const response = await fetch(url, { credentials: "same-origin" })
    if (!response.ok) return `the server answers ${response.status}`
    const bytes = new Uint8Array(await response.arrayBuffer())
    const magic = [0, 0x61, 0x73, 0x6d]
    if (magic.every((byte, i) => bytes[i] === byte)) return null
    const type = response.headers.get("content-type") ?? "something"
    return `the server answers with ${type}, ${bytes.length} bytes that are not WebAssembly`
  } catch (error) {
    return `it cannot be fetched (${error instanceof Error ? error.message : String(error)})`
  }
}
