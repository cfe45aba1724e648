/**
 * The TensorFlow that is set up on this machine.
 */
import { useTensorflow } from "bijou/native"

/** Its name; null where `npx bijou native --tensorflow` was not run. Throws instead where the environment says that it was. */
export const installedTensorflow = async (): Promise<string | null> => {
  const name = await useTensorflow()
  if (name === null && process.env["BIJOU_TENSORFLOW"] === "required")
    throw new Error("BIJOU_TENSORFLOW is `required`, but TensorFlow is not set up. Run: npx bijou native --tensorflow")
  return name
}

/** What stands in the name of tests that were skipped. */
export const whySkipped = "skipped: TensorFlow is not set up, run npx bijou native --tensorflow"
