/** `FusedBatchNorm` without a scale: TensorFlow.js saves the scale that is not there, and fails. The gradient itself takes none for 1. */
import { tf } from "../tf.ts"
import { amended, type Amendment } from "./amended.ts"

const inputs = ["x", "mean", "variance", "scale"]

/** The engine asks this list, by `map`, for the tensors to save; those that are missing are left out. */
const given: string[] = Object.assign([...inputs], {
  map: <X>(f: (name: string, i: number, all: string[]) => X): X[] =>
    inputs.map(f).filter((tensor) => tensor !== undefined && tensor !== null),
})

export const fusedBatchNorm: Amendment = {
  ...amended<tf.FusedBatchNormAttrs>(tf.FusedBatchNorm, (stock) => stock),
  inputsToSave: given,
}
