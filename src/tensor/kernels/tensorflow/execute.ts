/** One operation of TensorFlow, by its own name, whatever kernels tfjs has. */
import type { tf } from "../../tf.ts"

/** An attribute of an operation that is a type. */
export type TypeAttributes = Readonly<Record<string, "float32" | "int32">>

/** Runs an operation with one output; `backend` is the one that a kernel for `tensorflow` is called with. */
export const execute = (
  backend: unknown,
  name: string,
  inputs: ReadonlyArray<tf.TensorInfo>,
  types: TypeAttributes,
): tf.Tensor => {
  const { binding, executeSingleOutput } = backend as TensorflowBackend // the engine passes a kernel the backend it was registered for
  const numbers = { float32: binding.TF_FLOAT, int32: binding.TF_INT32 }
  const attributes = Object.entries(types).map(([key, type]) => ({
    name: key,
    type: binding.TF_ATTR_TYPE,
    value: numbers[type],
  }))
  return executeSingleOutput.call(backend, name, attributes, inputs)
}

/** The parts of tfjs-node's backend that kernels use. */
interface TensorflowBackend {
  readonly binding: { readonly TF_FLOAT: number; readonly TF_INT32: number; readonly TF_ATTR_TYPE: number }
  readonly executeSingleOutput: (
    name: string,
    attributes: ReadonlyArray<{ readonly name: string; readonly type: number; readonly value: number }>,
    inputs: ReadonlyArray<tf.TensorInfo>,
  ) => tf.Tensor
}
