/** `BijouQuantize` on TensorFlow: Q(x), half to even onto the grid, every zero +0. Attributes `scale` ([2^l]) and `step` ([2^-l]). */
import { float } from "./float.ts"
import { numbers, oneZero, toGrid } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouQuantize = onTensorflow("BijouQuantize", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouQuantize", [input("x")], [attribute.float("scale", numbers(attrs, "scale")[0] ?? 1)])),
  stock: (operations, attrs) => {
    const { mul, number } = float(operations)
    const scaled = mul(operations.input("x"), number(numbers(attrs, "scale")[0] ?? 1))
    return operations.give(oneZero(operations, toGrid(operations, scaled, numbers(attrs, "step")[0] ?? 1)))
  },
})
