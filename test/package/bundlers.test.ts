/**
 * The recipes of docs/browsers.md: built from the packed package by Vite, webpack and esbuild, without the optional
 * packages, and run in Chromium.
 */
import { execFileSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build as esbuild } from "esbuild"
import type { Browser } from "playwright-core"
import { build as vite } from "vite"
import webpack from "webpack"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { archive } from "../support/built.ts"
import { chromiumHere, launch, why } from "../support/chromium.ts"
import { inPage } from "../support/frontDoor.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const dependencies = ["fp-ts", "io-ts", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"]

/**
 * The recipes by heading. The fences above the first heading are for all of them. A fence is a file, and its first line
 * names it.
 */
const recipes = new Map(
  readFileSync(join(root, "docs/browsers.md"), "utf8")
    .split(/^## /m)
    .map((section) => {
      const fences = section.matchAll(/^```(?:js|html)\n(?:\/\/|<!--) (\S+?)(?: -->)?\n([^]*?)^```/gm)
      return [/^\w*/.exec(section)?.[0] ?? "", [...fences].map(([, name = "", code = ""]) => [name, code] as const)]
    }),
)

/**
 * A user's folder with this recipe in it, and with only the packages installed that the recipe names. The recipe's
 * program also runs the example of the front door.
 */
const folderOf = (recipe: string): string => {
  const folder = mkdtempSync(join(place, `${recipe}-`))
  for (const [name, code] of [...(recipes.get("") ?? []), ...(recipes.get(recipe) ?? [])])
    writeFileSync(join(folder, name), name === "main.js" ? withFrontDoor(code) : code)
  writeFileSync(join(folder, "frontDoor.js"), inPage())
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  symlinkSync(join(place, "node_modules"), join(folder, "node_modules"))
  return folder
}

const withFrontDoor = (code: string): string =>
  `import { frontDoor } from "./frontDoor.js"\n${code.replace(" bits differ`", " bits differ; ${await frontDoor()}`")}`

/** What the page then says. */
const said = [
  "0 bits differ; true; true",
  "There are no files here, so a.safetensors cannot be written. Leave the path out to get bytes, or give a WritableStream.",
  "There are no files here, so a.safetensors cannot be read. Give bytes, a File or a URL.",
].join("; ")

/** Node's modules that the scripts of a folder import. */
const builtins = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").match(/["'`]node:\w+["'`]/g) ?? [])

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
}

let place = ""
let server: Server
let browser: Browser
let served = ""

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bijou-bundlers-"))
  const modules = join(place, "node_modules")
  mkdirSync(join(modules, "bijou"), { recursive: true })
  execFileSync("tar", ["-xzf", archive(), "-C", join(modules, "bijou"), "--strip-components=1"])
  mkdirSync(join(modules, "@tensorflow"))
  // Copied, not linked: a link would also lead to what is installed next to it.
  const names = [
    ...dependencies,
    ...["-backend-cpu", "-backend-webgl", "-converter", "-core", "-data", "-layers"].map(
      (name) => `@tensorflow/tfjs${name}`,
    ),
  ]
  // Leave out what no bundler uses, which is most of the bytes.
  const filter = (path: string): boolean => !/\.map$|\.d\.ts$|_test\.js$|\.min\.js$|\/tf[-.][^/]*\.js$/.test(path)
  for (const name of [...names, "long", "seedrandom"])
    cpSync(join(root, "node_modules", name), join(modules, name), { recursive: true, filter })
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe.skipIf(chromiumHere === undefined)(`a page made by a bundler${why}`, () => {
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? "").split("?")[0] ?? ""
      const file = join(served, path === "/" ? "index.html" : path)
      // Like servers of single-page applications, it returns the page if there is no file.
      const found = existsSync(file) ? file : join(served, "index.html")
      response.writeHead(200, { "content-type": types[extname(found)] ?? "" }).end(readFileSync(found))
    })
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** The text of the page, or the first error in it. */
  const open = async (folder: string): Promise<string> => {
    served = folder
    const page = await browser.newPage()
    page.setDefaultTimeout(0)
    try {
      const failed = new Promise<string>((resolve) => page.on("pageerror", (error) => resolve(error.message)))
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
      const done = page.waitForFunction('document.querySelector("#log").textContent')
      return await Promise.race([failed, done.then(async (said) => String(await said.jsonValue()))])
    } finally {
      await page.close()
    }
  }

  it("of Vite inverts without a bit of difference, trains the example and has no module of Node", async () => {
    const folder = folderOf("Vite")
    await vite({ root: folder, logLevel: "silent" })
    expect(await open(join(folder, "dist"))).toBe(said)
    expect(builtins(join(folder, "dist"))).toEqual([])
  })

  it("of webpack inverts without a bit of difference, and webpack only warns about what is optional", async () => {
    const folder = folderOf("webpack")
    const { default: config } = (await import(join(folder, "webpack.config.js"))) as { readonly default: object } // this library's
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack(
        // Not minified, which takes most of the time.
        {
          ...config,
          context: folder,
          optimization: { minimize: false },
          output: { path: join(folder, "dist"), filename: "main.js", publicPath: "/" },
        },
        (error, result) => (error === null ? resolve(result) : reject(error)),
      )
    })
    const { errors = [], warnings = [] } = stats?.toJson() ?? {}
    expect(errors.map(({ message }) => message)).toEqual([])
    expect(warnings.map(({ message }) => message).join()).toContain("Can't resolve '@tensorflow/tfjs-backend-webgpu'")
    cpSync(join(folder, "index.html"), join(folder, "dist", "index.html"))
    expect(await open(join(folder, "dist"))).toBe(said)
    expect(builtins(join(folder, "dist"))).toEqual([])
  })

  const byEsbuild = async (folder: string): Promise<string> => {
    const wasm = ["", "-simd", "-threaded-simd"].map(
      (kind) => `node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm${kind}.wasm`,
    )
    await esbuild({
      ...{
        absWorkingDir: folder,
        entryPoints: ["main.js", "index.html", ...wasm],
        entryNames: "[name]",
        outdir: "dist",
      },
      ...{ bundle: true, format: "esm", loader: { ".html": "copy", ".wasm": "copy" }, logLevel: "silent" },
    })
    return join(folder, "dist")
  }

  it("of esbuild inverts without a bit of difference", async () => {
    const folder = await byEsbuild(folderOf("esbuild"))
    expect(await open(folder)).toBe(said)
    expect(builtins(folder)).toEqual([])
  })

  it("reports a missing .wasm file, what is there instead and what to do, and works with other paths", async () => {
    const folder = folderOf("esbuild")
    writeFileSync(
      join(folder, "main.js"),
      `import { useBackend } from "bijou/tensor"
      const said = []
      const attempt = (paths) => useBackend("wasm", { paths }).then(() => said.push("started"), (error) => said.push(error.name + ": " + error.message))
      await attempt("/nowhere")
      await attempt("http://localhost:1/")
      await attempt({ "tfjs-backend-wasm.wasm": "/tfjs-backend-wasm.wasm" })
      await attempt("./")
      document.querySelector("#log").append(said.join("\\n"))`,
    )
    const [page, none, part, started] = (await open(await byEsbuild(folder))).split("\n")
    expect(page).toMatch(
      /^BackendUnavailable: The backend wasm cannot load http:\/\/localhost:\d+\/nowhere\/tfjs-backend-wasm-simd\.wasm: the server responded with text\/html, \d+ bytes that are not WebAssembly\. Serve the \.wasm files .* pass their folder: useBackend\("wasm", \{ paths: "\/folder\/" \}\)/,
    )
    expect(none).toMatch(/^BackendUnavailable: .*: it cannot be fetched \(/)
    expect(part).toMatch(
      /^BackendUnavailable: .* needs tfjs-backend-wasm-simd\.wasm here, and paths names tfjs-backend-wasm\.wasm\./,
    )
    expect(started).toBe("started")
  })
})
