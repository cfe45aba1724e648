/**
 * `BatchMatMul` of the library in place of TensorFlow's, so that plain tfjs code multiplies with it as layers do.
 *
 * Other types, and batches that broadcast in any way but one matrix for all of a's, go to TensorFlow as before.
 */
import { sameShape } from "../../../../exact/frame.ts"
import { attribute, onTensorflow, TYPE } from "../operations.ts"

export const batchMatMul = onTensorflow("BatchMatMul", {
  library: ({ give, input, run }, attrs) => {
    const [a, b] = [input("a"), input("b")]
    const sides = [attrs["transposeA"] === true, attrs["transposeB"] === true] as const
    const named = (...[left, right]: readonly [string, string]) => [
      attribute.flag(left, sides[0]),
      attribute.flag(right, sides[1]),
    ]
    const batches = [a, b].map(({ shape }) => shape.slice(0, -2))
    const [batchA = [], batchB = []] = batches
    const alike = sameShape(batchA, batchB)
    const one = batchB.length <= batchA.length && batchB.every((size) => size === 1)
    return a.dtype === TYPE.float32 && b.dtype === TYPE.float32 && (alike || one)
      ? give(run("BijouMatMul", [a, b], named("transpose_a", "transpose_b")))
      : give(run("BatchMatMulV2", [a, b], named("adj_x", "adj_y")))
  },
})
