/**
 * The Chromium that the browser tests use.
 *
 * BIJOU_CHROMIUM names the browser, and requires these tests. Without it, one in the usual place is used.
 */
import { existsSync } from "node:fs"
import { chromium, type Browser } from "playwright-core"

const wanted = process.env["BIJOU_CHROMIUM"]

/** The program, if there is one. */
export const chromiumHere = [wanted, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
)

/** The reason why tests are skipped, for their title. */
export const why = chromiumHere === undefined ? " (skipped: no Chromium is here, name one in BIJOU_CHROMIUM)" : ""

if (wanted !== undefined && chromiumHere !== wanted)
  throw new Error(`BIJOU_CHROMIUM names ${wanted}, which is not there.`)

/**
 * A browser whose GPU SwiftShader emulates, and that makes no requests of its own. Only the test's time limit applies.
 */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumHere ?? "",
    timeout: 0,
    args: [
      ...["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync"],
      ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    ],
  })
