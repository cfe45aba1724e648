/**
 * Every law holds for the catalogue on webgpu.
 */
import { describe, it } from "vitest"
import { checkCatalogue } from "./catalogue.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

if (device === null) describe.skip(`the catalogue on webgpu (${whySkipped})`, () => it("holds", () => {}))
else await checkCatalogue("webgpu", ` on ${device}`, 40, 5) // programs are compiled when they first run
