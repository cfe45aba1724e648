/**
 * The WebGPU device of this machine: a GPU, or SwiftShader if VK_ICD_FILENAMES names it or Chromium includes it.
 */
import { existsSync } from "node:fs"
import { useWebgpu } from "bijou/native"

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json" // of Debian's chromium; its loader is libvulkan1

/** Starts the backend and returns the device, or null if there is none. Throws if the environment requires one. */
export const webgpuDevice = async (): Promise<string | null> => {
  if (existsSync(swiftShader)) process.env["VK_ADD_DRIVER_FILES"] ??= swiftShader // besides a GPU, which goes first
  try {
    return await useWebgpu()
  } catch (error) {
    if (process.env["BIJOU_WEBGPU"] === "required") throw error
    return null
  }
}

/** The reason in the title of skipped tests. */
export const whySkipped = "skipped: no WebGPU device or driver is here"
