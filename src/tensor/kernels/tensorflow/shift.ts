/** `BijouShift` on TensorFlow; see the typed kernel of this name. */
import { float } from "./float.ts"
import { oneZero, unpacked } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouShift = onTensorflow("BijouShift", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouShift", [input("x"), input("words")], [attribute.float("by", Number(attrs["by"]))])),
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { add } = float(operations)
    const x = input("x")
    return give(oneZero(operations, add(x, unpacked(operations, input("words"), x.shape, Number(attrs["by"])))))
  },
})
