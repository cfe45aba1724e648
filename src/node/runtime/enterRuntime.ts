/**
 * Starts the same runtime as another process, thread or run.
 */
import type { BackendName } from "../../tensor/backend.ts"
import { useKernels } from "../../tensor/kernels/dispatch.ts"
import { setOpLibrary } from "../../tensor/kernels/tensorflow/opLibrary.ts"
import { currentRuntime, runtimeName, sameRuntime, type Runtime } from "../../tensor/Runtime.ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { useTensorflow } from "../tensorflow/useTensorflow.ts"
import { startRuntime } from "./startRuntime.ts"

/**
 * Starts the runtime that `currentRuntime()` of bijou/tensor described, also as JSON. Rejects with a sentence if this
 * process cannot have it with everything that its bits depend on.
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
  const backend = runtime.backend as BackendName // `useBackend` rejects others
  const fixed = threads === null ? {} : { threads }
  useKernels(kernels)
  if (backend === "tensorflow") {
    await useTensorflow(fixed)
    if (!opLibrary) setOpLibrary(false) // the backend chooses its kernels by this when it starts
  }
  await startRuntime({ backend, native: library !== null, ...fixed })
  const now = currentRuntime()
  if (!sameRuntime(runtime, now))
    throw new NativeUnavailable(
      `The runtime must be ${runtimeName(runtime)}, but this process has set up ${runtimeName(now)}, which gives other bits. Set up the same.`,
    )
}
