/** `BijouPack` on TensorFlow; see the typed kernel of this name. */
import { packed, parities } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouPack = onTensorflow("BijouPack", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouPack", [input("x")], [attribute.float("scale", scaleOf(attrs))])),
  stock: (operations, attrs) =>
    operations.give(packed(operations, parities(operations, operations.input("x"), scaleOf(attrs)))),
})

const scaleOf = (attrs: Readonly<Record<string, unknown>>): number => 2 ** Number(attrs["fractionBits"])
