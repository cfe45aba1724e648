/** See laws.ts. */
import { describe } from "vitest"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"
import { casesOf } from "./cases.ts"
import { manifest } from "./laws.ts"
import "./reference.ts"

const device = await webgpuDevice()

describe.skipIf(device === null)(device ?? whySkipped, () => manifest("webgpu", casesOf("webgpu"), webgpuDevice))
