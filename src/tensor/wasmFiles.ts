/**
 * Where a browser finds the WebAssembly files of the backend wasm.
 *
 * Node reads them from the package. A page fetches them, and TensorFlow.js looks next to the script or the page, where
 * bundlers put none of them.
 */
import { BackendUnavailable } from "./errors/BackendUnavailable.ts"
import { setWasmPaths, tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The files in `dist` of `@tensorflow/tfjs-backend-wasm`. A browser loads one of them, depending on its features. */
const files = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
] as const satisfies ReadonlyArray<WasmFile>

/**
 * The files that the backend wasm may need: plain, with SIMD, and with SIMD and threads. A page fetches one of them.
 */
export type WasmFile = "tfjs-backend-wasm.wasm" | "tfjs-backend-wasm-simd.wasm" | "tfjs-backend-wasm-threaded-simd.wasm"

/**
 * The URL of the folder that contains the files, or the URL of each file, as bundlers provide them. A relative URL is
 * resolved against the page.
 */
export type WasmPaths = string | URL | Readonly<Partial<Record<WasmFile, string | URL>>>

/** The part of the global scope of a page or a web worker that this module uses. */
interface Place {
  readonly location?: { readonly href: string }
  readonly document?: { readonly baseURI: string; readonly currentScript: { readonly src?: string } | null }
}

const { location, document } = globalThis as Place

/** A classic script can read its own URL only while it first runs. */
const script = document?.currentScript?.src

// ----------------------------------------------------------- combinators

/**
 * Makes the backend wasm load these files. Rejects with `BackendUnavailable` if the page cannot fetch the file that it
 * needs. It checks first because TensorFlow.js tries to start a backend only once.
 */
export const locateWasm = async (paths?: WasmPaths): Promise<void> => {
  if (tf.engine().registry["wasm"] !== undefined) return
  // Tests in Node may define a `location` of their own; they still read the files from the package.
  const isPage = location !== undefined && !tf.env().getBool("IS_NODE")
  if (!isPage && paths === undefined) return
  const url = urlOf(await neededFile(), paths, isPage)
  if (isPage) await tryFetching(url)
  try {
    setWasmPaths(Object.fromEntries(files.map((name) => [name, url])))
  } catch (cause) {
    throw new BackendUnavailable(
      `The backend wasm failed to start from ${url} or from an earlier file, and TensorFlow.js tries only once. Reload the page.`,
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
      `The backend wasm cannot load ${url}: ${wrong}. Serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist and pass their folder: useBackend("wasm", { paths: "/folder/" }). For Vite, webpack and esbuild see docs/browsers.md of bijou.`,
    )
}

/** Returns why this URL is not a WebAssembly file, or null if it is one. */
const whatIsWrong = async (url: string): Promise<string | null> => {
  try {
    const response = await fetch(url, { credentials: "same-origin" })
    if (!response.ok) return `the server responded with status ${response.status}`
    const bytes = new Uint8Array(await response.arrayBuffer())
    const magic = [0, 0x61, 0x73, 0x6d]
    if (magic.every((byte, i) => bytes[i] === byte)) return null
    const type = response.headers.get("content-type") ?? "unknown type"
    return `the server responded with ${type}, ${bytes.length} bytes that are not WebAssembly`
  } catch (error) {
    return `it cannot be fetched (${error instanceof Error ? error.message : String(error)})`
  }
}
