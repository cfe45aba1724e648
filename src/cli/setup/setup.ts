/**
 * `bijou setup` alone: lists what can be set up, and what is set up already.
 */
import { NativeUnavailable } from "../../node/errors/NativeUnavailable.ts"
import { installed } from "../../node/blas/setUp.ts"
import { installedTensorflow } from "../../node/tensorflow/Tensorflow.ts"
import { missingPackages } from "../../node/webgpu/checkWebgpu.ts"
import { paragraph, say } from "../say.ts"
import { purposes } from "./purposes.ts"

// ---------------------------------------------------------- destructors

/** Runs the command and returns its exit code. */
export const setup = async (): Promise<number> => {
  const states = { blas: await stateOf(blas), tensorflow: await stateOf(tensorflow), webgpu: await stateOf(webgpu) }
  for (const [name, state] of Object.entries(states)) {
    paragraph(purposes[name as keyof typeof states], name.padEnd(12)) // its own keys
    paragraph(state, " ".repeat(12))
  }
  say("\nFor example: npx bijou setup blas")
  return 0
}

const blas = async (): Promise<string> => {
  const library = await installed()
  if (library === null) return "Not set up"
  return `Set up: ${library.wheel === null ? library.file : `OpenBLAS ${library.wheel} from PyPI`}`
}

const tensorflow = async (): Promise<string> => {
  const found = await installedTensorflow()
  if (found === null) return "Not set up"
  const { device, version, opLibrary } = found
  return `Set up: TensorFlow ${version} for the ${device.toUpperCase()}${opLibrary === null ? "" : ", with the op library"}`
}

const webgpu = async (): Promise<string> => {
  const missing = missingPackages()
  return missing.length === 0
    ? "Packages installed. Check the driver: npx bijou setup webgpu"
    : `Not installed: ${missing.join(", ")}`
}

/** Damaged files are a state, too. */
const stateOf = async (look: () => Promise<string>): Promise<string> => {
  try {
    return await look()
  } catch (error) {
    if (error instanceof NativeUnavailable) return error.message
    throw error
  }
}
