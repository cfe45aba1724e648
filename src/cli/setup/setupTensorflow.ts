/**
 * `bijou setup tensorflow`: fetches TensorFlow and builds the backend tensorflow on it, or removes both.
 */
import { tensorflowFolder } from "../../node/files/folder.ts"
import { pinnedVersion, setUpTensorflow, tearDownTensorflow } from "../../node/tensorflow/setUpTensorflow.ts"
import { startProgressBar } from "../ProgressBar.ts"
import { paragraph, say } from "../say.ts"
import type { TensorflowOptions } from "./SetupOptions.ts"

// ---------------------------------------------------------- destructors

/** Runs the command and returns its exit code. Throws `NativeUnavailable`. */
export const setupTensorflow = async (options: TensorflowOptions): Promise<number> => {
  const folder = tensorflowFolder()
  if (options.remove) {
    say((await tearDownTensorflow()) ? `Removed ${folder}` : `Nothing is set up in ${folder}`)
    return 0
  }
  const wanted = { device: options.gpu ? "gpu" : "cpu", version: options.version ?? pinnedVersion } as const
  const progress = startProgressBar("setting up", 100)
  const { tensorflow, fresh, problem } = await setUpTensorflow(wanted, progress.update).finally(progress.stop)
  const { device, version, opLibrary } = tensorflow
  const library = opLibrary === null ? "" : ", with the op library"
  paragraph(`${fresh ? "Set up" : "Already set up"}: TensorFlow ${version} for the ${device.toUpperCase()}${library}`)
  say(`  ${folder}`)
  if (problem !== null)
    paragraph(`It runs without the op library, which makes it faster but cannot be built here: ${problem}`)
  paragraph("Use it with --backend tensorflow, in programs with useTensorflow() from bijou/native.")
  return 0
}
