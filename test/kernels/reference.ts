/**
 * TensorFlow.js's own cpu backend, without replaced kernels, under the name `reference`. Its sums and products are in
 * float64. The guard handles empty tensors, as on every backend, because TensorFlow.js's results are not those of the
 * definition.
 *
 * Import it before a backend is set up.
 */
import { guard } from "../../src/tensor/kernels/guard.ts"
import { tf, withBackend } from "../../src/tensor/tf.ts"

const NAME = "reference"

tf.registerBackend(NAME, tf.findBackendFactory("cpu"), 0)
for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu"))
  // A separate function: the guard remembers those that it has wrapped, and cpu's must get cpu's.
  tf.registerKernel(guard({ kernelName, backendName: NAME, kernelFunc: (call) => kernelFunc(call) }))

/** Runs `body`, which must be synchronous, on it. */
export const onReference = <A>(body: () => A): A => withBackend(NAME, body)
