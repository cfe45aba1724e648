/**
 * The TensorFlow installed on this machine.
 */
import { useTensorflow } from "bijou/native"
import { useBackend } from "bijou/tensor"
import { setOpLibrary } from "../../src/tensor/kernels/tensorflow/opLibrary.ts"

/**
 * Its name; null where `npx bijou setup tensorflow` was not run. Throws instead where the environment says that it was.
 */
export const installedTensorflow = async (): Promise<string | null> => {
  const name = await useTensorflow()
  if (name === null && process.env["BIJOU_TENSORFLOW"] === "required")
    throw new Error("BIJOU_TENSORFLOW is `required`, but TensorFlow is not set up. Run: npx bijou setup tensorflow")
  return name
}

export const tensorflowIsHere = (await installedTensorflow()) !== null

/** Selects the backend `tensorflow`, with the op library or without. Returns false if it is not installed. */
export const startTensorflow = async (form: "library" | "stock"): Promise<boolean> => {
  if (!tensorflowIsHere) return false
  setOpLibrary(form === "library")
  await useBackend("tensorflow")
  return true
}

/** The end of the name of tests that were skipped. */
export const whySkipped = "skipped: TensorFlow is not set up, run npx bijou setup tensorflow"
