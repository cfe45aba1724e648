/**
 * The gradient of `FusedBatchNorm` without a scale. TensorFlow.js fails because it saves the missing scale; its
 * gradient itself takes a missing scale as 1.
 */
import { tf } from "../tf.ts"
import { amended, type Amendment } from "./amended.ts"

const inputs = ["x", "mean", "variance", "scale"]

/** The names of the tensors to save. The engine calls `map` on this list, which leaves out missing tensors. */
const given: string[] = Object.assign([...inputs], {
  map: <X>(f: (name: string, i: number, all: string[]) => X): X[] =>
    inputs.map(f).filter((tensor) => tensor !== undefined && tensor !== null),
})

export const fusedBatchNorm: Amendment = {
  ...amended<tf.FusedBatchNormAttrs>(tf.FusedBatchNorm, (stock) => stock),
  inputsToSave: given,
}
