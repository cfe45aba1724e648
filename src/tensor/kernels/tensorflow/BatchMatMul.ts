/**
 * `BatchMatMul` of the library in place of TensorFlow's, so that plain tfjs code multiplies with it as layers do.
 *
 * Other types, and batches that broadcast in any way but one matrix for all of a's, go to TensorFlow as before.
 */
import { attribute, onTensorflow, TYPE } from "./operations.ts"

export const batchMatMul = onTensorflow("BatchMatMul", {
  library: ({ give, input, run }, attrs) => {
    const [a, b] = [input("a"), input("b")]
    const [transposeA, transposeB] = [attrs["transposeA"] === true, attrs["transposeB"] === true].map(attribute.flag)
    const batches = [a, b].map(({ shape }) => shape.slice(0, -2))
    const [batchA = [], batchB = []] = batches
    const alike = batchA.join() === batchB.join()
    const one = batchB.length <= batchA.length && batchB.every((size) => size === 1)
    if (transposeA === undefined || transposeB === undefined) throw new Error("A product has two sides.")
    return a.dtype === TYPE.float32 && b.dtype === TYPE.float32 && (alike || one)
      ? give(run("BijouMatMul", [a, b], { transpose_a: transposeA, transpose_b: transposeB }))
      : give(
          run("BatchMatMulV2", [a, b], {
            T: { type: attribute.type("float32").type, value: a.dtype },
            adj_x: transposeA,
            adj_y: transposeB,
          }),
        )
  },
})
