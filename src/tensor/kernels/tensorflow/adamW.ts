/** `BijouAdamW` on TensorFlow; see the wasm kernel of this name. Without the op library it is composed. */
import { onTensorflow } from "./operations.ts"

const NUMBERS = ["beta1", "rest1", "beta2", "rest2", "keep", "rate", "correction", "epsilon"]

export const bijouAdamW = onTensorflow("BijouAdamW", {
  library: ({ floats, give, input, runForAll }, attrs) =>
    runForAll(
      "BijouAdamW",
      [...["p", "m", "v", "grad", "shrink"].map(input), floats(NUMBERS.map((name) => Number(attrs[name])))],
      3,
    ).map(give),
})
