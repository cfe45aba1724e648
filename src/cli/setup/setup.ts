/**
 * `bijou native`: finds or fetches what makes the backends fast in Node, a BLAS or TensorFlow, or removes it.
 */
import { availableParallelism } from "node:os"
import { nativeFolder, tensorflowFolder } from "../../node/files/folder.ts"
import { setUp, tearDown } from "../../node/blas/setUp.ts"
import { pinnedVersion, setUpTensorflow, tearDownTensorflow } from "../../node/tensorflow/setUpTensorflow.ts"
import { startProgressBar } from "../ProgressBar.ts"
import type { NativeOptions } from "./SetupOptions.ts"
import { say } from "../say.ts"

// ---------------------------------------------------------- destructors

/** Runs the command; resolves to its exit code and throws `NativeUnavailable`. */
export const native = async (options: NativeOptions): Promise<number> => {
  if (options.remove) await removed(options)
  else if (options.tensorflow) await tensorflow(options)
  else await blas(options)
  return 0
}

const removed = async ({ tensorflow }: NativeOptions): Promise<void> => {
  const folder = tensorflow ? tensorflowFolder() : nativeFolder()
  const found = await (tensorflow ? tearDownTensorflow() : tearDown())
  say(found ? `Removed ${folder}` : `Nothing is set up in ${folder}`)
}

const blas = async ({ from }: NativeOptions): Promise<void> => {
  const { library, blas, fresh } = await setUp(from, availableParallelism(), say)
  say(`${fresh ? "Set up" : "Already set up"}: ${blas.version}${blas.core === null ? "" : ` for ${blas.core}`}`)
  say(`  ${library.file}`)
  say(`The backend wasm uses it from now on, here with ${blas.name}.`)
}

const tensorflow = async ({ gpu, tensorflowVersion }: NativeOptions): Promise<void> => {
  const wanted = { device: gpu ? "gpu" : "cpu", version: tensorflowVersion ?? pinnedVersion } as const
  const progress = startProgressBar("setting up", 100)
  const { tensorflow, fresh, problem } = await setUpTensorflow(wanted, progress.update).finally(progress.stop)
  const { device, version, opLibrary } = tensorflow
  const library = opLibrary === null ? "" : ", with the op library"
  say(`${fresh ? "Set up" : "Already set up"}: TensorFlow ${version} for the ${device.toUpperCase()}${library}`)
  say(`  ${tensorflowFolder()}`)
  if (problem !== null) say(`Without the op library, which makes it faster and cannot be built: ${problem}`)
  say("Use it with --backend tensorflow, and in programs by useTensorflow() from bijou/native.")
}
