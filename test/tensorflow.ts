/**
 * The backend `tensorflow`, where the environment names a folder that has it.
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { registerKernels } from "../src/tensor/kernels/index.ts"
import { setOpLibrary } from "../src/tensor/kernels/tensorflow/opLibrary.ts"
import { tf } from "../src/tensor/tf.ts"
import "../src/tensor/backend.ts"

/**
 * Makes `tensorflow` the backend, with the op library or without; false where `BIJOU_TENSORFLOW_DIR` is not set.
 *
 * The folder holds tfjs-node in `node_modules`, built against a TensorFlow, and the op library as `bijou_ops.node`.
 */
export const startTensorflow = async (form: "library" | "stock"): Promise<boolean> => {
  if (!tensorflowIsHere) return false
  const require = createRequire(import.meta.url)
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3"
  require(join(folder, "node_modules/@tensorflow/tfjs-node"))
  if (form === "library") require(join(folder, "bijou_ops.node"))
  setOpLibrary(form === "library")
  registerKernels()
  return tf.setBackend("tensorflow")
}

/** What stands in the name of tests that were skipped. */
export const whySkipped = "skipped: BIJOU_TENSORFLOW_DIR names no folder with tfjs-node"

const folder = process.env["BIJOU_TENSORFLOW_DIR"] ?? ""

export const tensorflowIsHere = folder !== "" && existsSync(folder)
