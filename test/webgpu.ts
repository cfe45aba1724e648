/**
 * The WebGPU device of this machine: a GPU, or SwiftShader where VK_ICD_FILENAMES names it.
 */
import { useWebgpu } from "bijou/native"

/** Starts the backend and tells the device; null where there is none. Throws instead where the environment says that there is one. */
export const webgpuDevice = async (): Promise<string | null> => {
  try {
    return await useWebgpu()
  } catch (error) {
    if (process.env["BIJOU_WEBGPU"] === "required") throw error
    return null
  }
}

/** What stands in the name of tests that were skipped. */
export const whySkipped = "skipped: no WebGPU device or driver is here"
