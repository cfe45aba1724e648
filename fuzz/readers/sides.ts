/**
 * Frames, and sides of every kind: on the host and on tensors.
 */
import { either as E } from "fp-ts"
import { float32Space, InformationBuffer, isRevError, numberSpace, Side } from "bijou"
import { float32TensorSide, int32TensorSide, tensorSpace, tf } from "bijou/tensor"
import { heldSide } from "../../src/core/Held.ts"
import { decodeFrame } from "../../src/exact/frame.ts"
import { accepted, refused, type Outcome, type Reader, type Target } from "../Reader.ts"

/** Frames of all kinds, on a grid and on none. */
export const frames: Reader = {
  name: "frames",
  targets: async () => {
    const { bit, parity, value } = float32Space(9)
    const x = Float32Array.of(1.5, -2, 0, 3.25, 5)
    const [plane, floats] = [await bit.toBytes(parity(x))(), await value.toBytes(x)()]
    const ids = await int32TensorSide.toBytes(tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"))()
    const read =
      (kind: "plane" | "float32" | "int32", bits: number | null) =>
      async (bytes: Uint8Array): Promise<Outcome> => {
        const frame = decodeFrame(kind, bits, bytes)
        return E.isLeft(frame) ? refused(frame.left) : accepted
      }
    return [
      { bytes: plane, read: read("plane", 9) },
      { bytes: floats, read: read("float32", 9) },
      { bytes: ids, read: read("int32", null) },
    ]
  },
}

/** Pairs, arrays, planned blocks, buffers, spills, planes and activations. */
export const sides: Reader = {
  name: "sides",
  targets: async () => {
    const { bit, parity, quantize, value } = tensorSpace(9)
    const x = quantize(tf.tensor2d([1.5, -2, 3.25, 0, 5, 6, 7, 8, 9, 10], [2, 5]))
    const s = parity(x)
    const digits = tf.zeros([2, 5])
    const ids = tf.tensor2d([1, 2], [1, 2], "int32")
    const floats = float32Space(9)
    const ratio = { n: 3, d: 5 }
    const [buffer, spill] = [InformationBuffer.side(ratio, value), InformationBuffer.spill(ratio, value)]
    const block = heldSide(bit, Side.pair(value, value))
    return Promise.all([
      of(bit, s),
      of(value, x),
      of(float32TensorSide(null), x),
      of(int32TensorSide, ids),
      of(Side.pair(value, Side.pair(bit, int32TensorSide)), [x, [s, ids]]),
      of(Side.array(3, value), [x, x, x]),
      of(Side.array(2, block), [
        { _tag: "reversed", side: s },
        { _tag: "kept", input: [x, x] },
      ]),
      of(Side.pair(Side.array(2, spill), buffer), [[null, digits], { digits, steps: 2 }], async (read) => {
        const [[first, second], { digits: last, steps }] = read
        const within = async (of: tf.Tensor | null | undefined, taken: number) =>
          (await of?.data())?.every((b) => b >= 0 && 512 * b <= InformationBuffer.largest(ratio, taken)) ?? true
        const most = InformationBuffer.lasts(ratio)
        return (await within(first, most)) && (await within(second, most)) && within(last, steps)
      }),
      of(numberSpace(9).value, 1.5),
      of(numberSpace(9).bit, 1),
      of(Side.pair(floats.value, floats.bit), [Float32Array.of(1, 2, 3), floats.parity(Float32Array.of(1, 2, 3))]),
    ])
  },
}

/** The target that is a side with this value; what is read must fit. */
export const of = async <S>(
  side: Side<S>,
  given: S,
  fits: (read: S) => boolean | Promise<boolean> = () => true,
  edit?: Target["edit"],
): Promise<Target> => ({
  bytes: await side.toBytes(given)(),
  read: async (bytes) => {
    const result = await side.fromBytes(bytes)()
    if (E.isRight(result)) {
      if (!(await fits(result.right))) throw new Error("Bytes were accepted that do not fit.")
      return { _tag: "accepted", release: () => side.release(result.right) }
    }
    if (!isRevError(result.left)) throw result.left
    return refused(result.left)
  },
  ...(edit === undefined ? {} : { edit }),
})
