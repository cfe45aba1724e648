/**
 * The library in a browser: bundled as a user would, and tested in a page of Chromium on the backends wasm and webgpu.
 */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { PageReport } from "./browser/page.ts"
import { chromiumHere, launch, why } from "../support/chromium.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const wasmFiles = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))

/** What a server needs: scripts with their imports in one file, pages, and TensorFlow.js's WebAssembly. */
const bundle = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  const entryPoints = [
    ...["test/package/browser/page.ts", "examples/browser/main.ts", "examples/browser/index.html"].map((path) =>
      join(root, path),
    ),
    ...["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"].map((name) => join(wasmFiles, name)),
  ]
  const { outputFiles } = await build({
    ...{ entryPoints, entryNames: "[name]", outdir: "/", bundle: true, write: false, logLevel: "error" },
    ...{ format: "esm", platform: "browser", target: "es2023", loader: { ".html": "copy", ".wasm": "copy" } },
  })
  return new Map([
    ...outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf("/")), contents] as const),
    ["/laws.html", new TextEncoder().encode('<!doctype html><script type="module" src="page.js"></script>')] as const,
  ])
}

const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", wasm: "application/wasm" }

// Programs are compiled in the page, which takes time if a processor emulates the GPU.
describe.skipIf(chromiumHere === undefined)(`in a browser${why}`, () => {
  let browser: Browser
  let server: Server
  const errors: string[] = []
  const pages = new Map<string, Promise<Page>>()

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage()
    page.setDefaultTimeout(0)
    page.on("pageerror", (error) => errors.push(error.message))
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}${path}`)
    return page
  }

  /** The page of laws for a backend: one, in which its programs are compiled once. */
  const lawsOn = (backend: string): Promise<Page> => {
    const page = pages.get(backend) ?? open("/laws.html")
    pages.set(backend, page)
    return page
  }

  beforeAll(async () => {
    const files = await bundle()
    server = createServer((request, response) => {
      const [path = ""] = (request.url ?? "").split("?")
      const file = files.get(path)
      if (file === undefined) response.writeHead(404).end()
      else response.writeHead(200, { "content-type": types[path.split(".").at(-1) ?? ""] }).end(file)
    })
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it.each([
    [
      "wasm",
      [
        "BijouUpdate",
        "BijouInverse",
        "BijouCotangent",
        "BijouDiffer",
        "BijouLayerNorm",
        "BijouAttention",
        "BijouBiasGelu",
      ],
    ],
    [
      "webgpu",
      [
        "BijouUpdate",
        "BijouInverse",
        "BijouCotangent",
        "BijouDiffer",
        "BijouLayerNorm",
        "BijouBiasGelu",
        "BijouDropout",
      ],
    ],
  ] as const)("every law of blocks and of a GPT holds on %s, on custom kernels", async (backend, kernels) => {
    const page = await lawsOn(backend)
    const names = ["BDIA on tensors [2, 3, 4] of 9 fraction bits", "a GPT's residual", "a GPT from tokens to loss"]
    const report = (await page.evaluate(`tryLaws(${JSON.stringify(backend)}, ${JSON.stringify(names)})`)) as PageReport // of the test's page
    expect(report.broken).toEqual([])
    expect(report.backend).toBe(backend)
    expect(report.laws).toBeGreaterThan(90)
    expect(report.kernels).toEqual(expect.arrayContaining([...kernels]))
    expect(errors).toEqual([])
  })

  it.each([
    ["wasm", 60],
    ["webgpu", 20],
  ])("a timer ticks while a page trains on %s", async (backend, steps) => {
    const page = await lawsOn(backend)
    expect(await page.evaluate(`ticksWhileTraining("${backend}", ${steps})`)).toBeGreaterThan(3)
    expect(errors).toEqual([])
  })

  it.each(["wasm", "webgpu"])("the example learns on %s", async (backend) => {
    const page = await open(`/index.html?backend=${backend}`)
    await page.waitForFunction('document.body.textContent.includes("done")')
    const said = (await page.textContent("#log")) ?? ""
    expect(said).toMatch(new RegExp(`^on ${backend}\nstep 10: loss \\d\\.\\d\\d\nstep 20: loss `))
    const [first = 0, last = 9] = [...said.matchAll(/loss (.*)/g)].map(([, loss]) => Number(loss))
    expect(last).toBeLessThan(first)
    const [, reversed = NaN, taped = NaN] = (
      /: (\d+) bytes, by ordinary backpropagation (\d+) bytes/.exec(said) ?? []
    ).map(Number)
    expect(5 * reversed).toBeLessThan(taped)
    expect(errors).toEqual([])
    await page.close()
  })
})
