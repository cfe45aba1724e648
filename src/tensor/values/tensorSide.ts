/**
 * Codecs that convert tensors to bytes and back.
 */
import { either as E, option as O } from "fp-ts"
import type { Side } from "../../core/Side.ts"
import { decodeFrame, encodeFrame, sizeOf, type Kind } from "../../exact/frame.ts"
import { Grid } from "../../exact/Grid.ts"
import { tf } from "../tf.ts"

// ------------------------------------------------------------ instances

/**
 * Makes the codec of a float32 tensor; `fractionBits` is `null` for values off the grid. Throws `RangeError` if there
 * is no grid of that many fraction bits.
 */
export const float32TensorSide = (fractionBits: number | null): Side<tf.Tensor> => {
  if (fractionBits !== null) Grid.make(fractionBits)
  return codec("float32", fractionBits)
}

/** The codec of an int32 tensor, such as token ids. */
export const int32TensorSide: Side<tf.Tensor> = codec("int32", null)

function codec(kind: Exclude<Kind, "plane">, fractionBits: number | null): Side<tf.Tensor> {
  return {
    only: O.none,
    bits: ({ size }) => 32 * size,
    toBytes: (tensor) => async () => {
      const values = await tensor.data()
      const payload = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      return encodeFrame({ kind, fractionBits, shape: tensor.shape, payload })
    },
    fromBytes: (bytes) => async () => {
      const frame = decodeFrame(kind, fractionBits, bytes)
      if (E.isLeft(frame)) return frame
      const { shape, payload } = frame.right
      const buffer = payload.slice().buffer
      const values = kind === "float32" ? new Float32Array(buffer) : new Int32Array(buffer)
      return E.right(tf.tensor(values.subarray(0, sizeOf(shape)), [...shape], kind))
    },
    release: (tensor) => void tensor.dispose(),
  }
}
