/**
 * Computing as another process, thread or run does.
 */
import type { BackendName } from "../../tensor/backend.ts"
import { useKernels } from "../../tensor/kernels/dispatch.ts"
import { setOpLibrary } from "../../tensor/kernels/tensorflow/opLibrary.ts"
import { currentRuntime, runtimeName, sameRuntime, type Runtime } from "../../tensor/Runtime.ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { useTensorflow } from "../tensorflow/useTensorflow.ts"
import { startRuntime } from "./startRuntime.ts"

/**
 * Starts a runtime that `currentRuntime()` of bijou/tensor has described, as JSON or not. Rejects with a sentence where it cannot be had here, with
 * all that bits depend on.
 *
 * ```ts no-run
 * import { enterRuntime } from "bijou/native"
 * import { currentRuntime } from "bijou/tensor"
 *
 * const runtime = currentRuntime() // in one process
 * await enterRuntime(runtime) // in another
 * ```
 */
export const enterRuntime = async (runtime: Runtime): Promise<void> => {
  const { kernels, library, threads, opLibrary } = runtime
  const backend = runtime.backend as BackendName // `useBackend` refuses others
  const fixed = threads === null ? {} : { threads }
  useKernels(kernels)
  if (backend === "tensorflow") {
    await useTensorflow(fixed)
    if (!opLibrary) setOpLibrary(false) // kernels are chosen by it when the backend starts
  }
  await startRuntime({ backend, native: library !== null, ...fixed })
  const now = currentRuntime()
  if (!sameRuntime(runtime, now))
    throw new NativeUnavailable(
      `This is to compute on ${runtimeName(runtime)}, and what is set up here is ${runtimeName(now)}, which has other bits. Set up the same.`,
    )
}
