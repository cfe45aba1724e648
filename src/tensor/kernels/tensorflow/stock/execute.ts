/** One operation of TensorFlow, by its own name, whatever kernels tfjs has. */
import type { tf } from "../../../tf.ts"

/** Runs an operation with one output; `backend` is the one that a kernel for `tensorflow` is called with. */
export const execute = (backend: unknown, name: string, inputs: ReadonlyArray<tf.TensorInfo>): tf.Tensor =>
  // The engine passes a kernel the backend it was registered for.
  (backend as TensorflowBackend).executeSingleOutput(name, [], inputs)

/** The part of tfjs-node's backend that kernels use. */
interface TensorflowBackend {
  readonly executeSingleOutput: (
    name: string,
    attributes: ReadonlyArray<never>,
    inputs: ReadonlyArray<tf.TensorInfo>,
  ) => tf.Tensor
}
