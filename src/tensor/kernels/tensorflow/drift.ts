/** `BijouDrift` on TensorFlow; see the wasm kernel of this name. */
import { numbers, oneZero, rounded, table } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouDrift = onTensorflow("BijouDrift", {
  library: (operations, attrs) => {
    const { give, input, run } = operations
    const coefficients = table(operations, numbers(attrs, "own"), numbers(attrs, "change"))
    const scale = attribute.float("scale", 1 / stepOf(attrs))
    return give(run("BijouDrift", [input("x"), input("h"), coefficients], [scale]))
  },
  stock: (operations, attrs) => {
    const { give, input } = operations
    return give(oneZero(operations, rounded(operations, input("x"), input("h"), attrs, stepOf(attrs))))
  },
})

/** The attribute has it once for each sample. */
const stepOf = (attrs: Readonly<Record<string, unknown>>): number => numbers(attrs, "step")[0] ?? 1
