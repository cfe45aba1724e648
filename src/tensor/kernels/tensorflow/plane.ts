/** Kernels that pack parities, unpack them and shift by them. */
import { sizeOf } from "../../../exact/frame.ts"
import { pack } from "../spec/pack.ts"
import { shift } from "../spec/shift.ts"
import { unpack, type UnpackAttributes } from "../spec/unpack.ts"
import { float } from "./float.ts"
import { oneZero } from "./grid.ts"
import { attribute, onTensorflow, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

// ------------------------------------------------------------ instances

/** Unpacks by stock operations, with and without the library. */
const unpacking = (operations: Operations<"words">, { shape, fractionBits }: UnpackAttributes) =>
  operations.give(unpacked(operations, operations.input("words"), shape, 2 ** -fractionBits))

export const planeKernels: readonly TensorflowKernel[] = [
  onTensorflow(pack, {
    library: ({ give, inputs, run }, { fractionBits }) =>
      give(run("BijouPack", inputs("x"), [attribute.float("scale", 2 ** fractionBits)])),
    stock: (operations, { fractionBits }) =>
      operations.give(packed(operations, parities(operations, operations.input("x"), 2 ** fractionBits))),
  }),
  onTensorflow(unpack, { library: unpacking, stock: unpacking }),
  onTensorflow(shift, {
    library: ({ give, inputs, run }, { by }) =>
      give(run("BijouShift", inputs("x", "words"), [attribute.float("by", by)])),
    stock: (operations, { by }) => {
      const { give, input } = operations
      const x = input("x")
      const sum = float(operations).add(x, unpacked(operations, input("words"), x.shape, by))
      return give(oneZero(operations, sum))
    },
  }),
]

// ----------------------------------------------------------- combinators

/** Returns the parities of x 2^l as 0 and 1. */
export const parities = (operations: Operations, x: Handle, scale: number): Handle => {
  const { constant, run } = operations
  const { mul, number, toInt } = float(operations)
  return run("BitwiseAnd", [toInt(mul(x, number(scale))), constant([1], [])])
}

/** Packs parities, 32 per word. */
export const packed = (operations: Operations, parity: Handle): Handle => {
  const { constant, run } = operations
  const { reshape } = float(operations)
  const n = sizeOf(parity.shape)
  const words = Math.ceil(n / 32)
  const bits = reshape(parity, [n])
  const whole = n === 32 * words ? bits : run("Pad", [bits, constant([0, 32 * words - n], [1, 2])])
  const placed = run("LeftShift", [reshape(whole, [words, 32]), constant(BITS)])
  return run("Sum", [placed, constant([-1])])
}

/** Returns the bits of the words as 0 and `step`, in this shape. */
export const unpacked = (operations: Operations, words: Handle, shape: readonly number[], step: number): Handle => {
  const { constant, run } = operations
  const { mul, number, reshape, toFloat } = float(operations)
  const n = sizeOf(shape)
  const count = sizeOf(words.shape)
  const shifted = run("RightShift", [reshape(words, [count, 1]), constant(BITS)])
  const bits = reshape(run("BitwiseAnd", [shifted, constant([1], [])]), [32 * count])
  const own = n === 32 * count ? bits : run("Slice", [bits, constant([0]), constant([n])])
  return mul(reshape(toFloat(own), shape), number(step))
}

/** The indices of the bits of a word. */
const BITS = Array.from({ length: 32 }, (_, i) => i)
