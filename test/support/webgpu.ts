/**
 * The WebGPU device of this machine: a GPU, or SwiftShader where VK_ICD_FILENAMES names it or Chromium has brought it.
 */
import { existsSync } from "node:fs"
import { useWebgpu } from "bijou/native"

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json" // of Debian's chromium; its loader is libvulkan1

/** Starts the backend and tells the device; null where there is none. Throws instead where the environment says that there is one. */
export const webgpuDevice = async (): Promise<string | null> => {
  if (existsSync(swiftShader)) process.env["VK_ADD_DRIVER_FILES"] ??= swiftShader // beside a GPU, which goes first
  try {
    return await useWebgpu()
  } catch (error) {
    if (process.env["BIJOU_WEBGPU"] === "required") throw error
    return null
  }
}

/** What stands in the name of tests that were skipped. */
export const whySkipped = "skipped: no WebGPU device or driver is here"
