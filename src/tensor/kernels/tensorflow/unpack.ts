/** `BijouUnpack` on TensorFlow; see the typed kernel of this name. */
import { sizeOf } from "../../../exact/frame.ts"
import { unpacked } from "./grid.ts"
import { onTensorflow, type Form } from "./operations.ts"

const unpack: Form = (operations, attrs) => {
  const shape = attrs["shape"] as ReadonlyArray<number> // the attribute is ours
  const words = operations.input("words")
  if (sizeOf(words.shape) !== Math.ceil(sizeOf(shape) / 32))
    throw new Error(
      `The shape [${shape}] has ${sizeOf(shape)} elements, which is ${Math.ceil(sizeOf(shape) / 32)} words, but the plane has ${sizeOf(words.shape)}.`,
    )
  return operations.give(unpacked(operations, words, shape, 2 ** -Number(attrs["fractionBits"])))
}

export const bijouUnpack = onTensorflow("BijouUnpack", { library: unpack, stock: unpack })
