/**
 * TensorFlow.js's own cpu backend, with none of its kernels replaced, under the name `reference`. Its sums and products are in float64. What has no
 * elements is answered by the guard, as on every backend; TensorFlow.js's answers are not those of the definition.
 *
 * Import it before a backend is set up.
 */
import { guard } from "../../src/tensor/kernels/guard.ts"
import { tf, withBackend } from "../../src/tensor/tf.ts"

const NAME = "reference"

tf.registerBackend(NAME, tf.findBackendFactory("cpu"), 0)
for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu"))
  // A function of its own: the guard remembers those that it has wrapped, and cpu's must get cpu's.
  tf.registerKernel(guard({ kernelName, backendName: NAME, kernelFunc: (call) => kernelFunc(call) }))

/** Runs `body`, which must not wait, on it. */
export const onReference = <A>(body: () => A): A => withBackend(NAME, body)
