/**
 * The library in a browser: bundled as a user would, and tried in a page of Chromium on the backends wasm and webgpu.
 */
import { existsSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { chromium, type Browser, type Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { PageReport } from "./browser/page.ts"

/** BIJOU_CHROMIUM names the browser, and asks for these tests; without it one is used where it usually stands. */
const wanted = process.env["BIJOU_CHROMIUM"]
const found = [wanted, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
)
const why = found === undefined ? " (skipped: no Chromium is here, name one in BIJOU_CHROMIUM)" : ""
if (wanted !== undefined && found !== wanted) throw new Error(`BIJOU_CHROMIUM names ${wanted}, which is not there.`)

const root = fileURLToPath(new URL("..", import.meta.url))
const wasmFiles = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))

/** A script and its imports in one file, for browsers. */
const bundle = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(root, entry)], bundle: true, write: false, logLevel: "error" },
    ...{ format: "iife", platform: "browser", target: "es2023", tsconfig: join(root, "tsconfig.json") },
  })
  return outputFiles[0]?.text ?? ""
}

describe.skipIf(found === undefined)(`in a browser${why}`, () => {
  let browser: Browser
  let server: Server
  const files = new Map<string, { readonly type: string; readonly body: string | Buffer }>()
  const errors: string[] = []

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage()
    page.on("pageerror", (error) => errors.push(error.message))
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}${path}`)
    return page
  }

  beforeAll(async () => {
    files.set("/laws.js", { type: "text/javascript", body: await bundle("test/browser/page.ts") })
    files.set("/laws.html", { type: "text/html", body: '<!doctype html><script src="laws.js"></script>' })
    for (const name of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"])
      files.set(`/${name}`, { type: "application/wasm", body: readFileSync(join(wasmFiles, name)) })
    server = createServer((request, response) => {
      const file = files.get(request.url ?? "")
      if (file === undefined) response.writeHead(404).end()
      else response.writeHead(200, { "content-type": file.type }).end(file.body)
    })
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
    browser = await chromium.launch({
      executablePath: found ?? "",
      args: [
        ...["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
        ...["--disable-component-update", "--disable-sync"],
        ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
      ],
    })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it.each([
    [
      "wasm",
      ["BijouDrift", "BijouShift", "BijouPack", "BijouDiffer", "BijouLayerNorm", "BijouAttention", "BijouBiasGelu"],
    ],
    [
      "webgpu",
      ["BijouDrift", "BijouShift", "BijouPack", "BijouDiffer", "BijouLayerNorm", "BijouBiasGelu", "BijouDropout"],
    ],
  ] as const)("every law of blocks and of a GPT holds on %s, on kernels of our own", async (backend, kernels) => {
    const page = await open("/laws.html")
    const names = ["BDIA on tensors [2, 3, 4] of 9 fraction bits", "a GPT's residual", "a GPT from tokens to loss"]
    const report = (await page.evaluate(`tryLaws(${JSON.stringify(backend)}, ${JSON.stringify(names)})`)) as PageReport // of our page
    expect(report.broken).toEqual([])
    expect(report.backend).toBe(backend)
    expect(report.laws).toBeGreaterThan(90)
    expect(report.kernels).toEqual(expect.arrayContaining([...kernels]))
    expect(errors).toEqual([])
    await page.close()
  })
})
