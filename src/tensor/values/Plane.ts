/**
 * Planes: the parities of one block's activations, packed on the device.
 */
import { either as E, option as O } from "fp-ts"
import type { Side } from "../../core/Side.ts"
import { decodeFrame, encodeFrame, payloadLength, sizeOf } from "../../exact/frame.ts"
import { dispatch, isImplemented } from "../kernels/dispatch.ts"
import { BITS_PER_WORD, pack } from "../kernels/spec/pack.ts"
import { stepsOf, unpack } from "../kernels/spec/unpack.ts"
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/**
 * The packed parities: one bit per activation in int32 words if the backend has a packing kernel, and 24 bits per
 * float32 otherwise.
 */
export interface Plane {
  readonly packed: tf.Tensor
  readonly shape: ReadonlyArray<number>
}

/** Packs the parities of a tensor, unpacks them as grid steps, and writes them as bytes. */
export const Plane = {
  // -------------------------------------------------------- constructors

  /** Packs the parities of a tensor on the grid. */
  ofParities: (x: tf.Tensor, fractionBits: number): Plane => ({
    packed: dispatch(pack, { x }, { fractionBits }),
    shape: x.shape,
  }),

  // --------------------------------------------------------- destructors

  /** Returns the parities as 0 or 2^-l, in the shape of the activations. */
  toSteps: (plane: Plane, fractionBits: number): tf.Tensor => {
    const { packed, shape } = plane
    return isFromKernel(plane)
      ? dispatch(unpack, { words: packed }, { shape, fractionBits })
      : stepsOf(packed, shape, 2 ** -fractionBits)
  },

  // ----------------------------------------------------------- instances

  /** Makes the codec of planes. Its bytes do not depend on how the backend packs them. */
  side: (fractionBits: number): Side<Plane> => ({
    only: O.none,
    bits: ({ shape }) => sizeOf(shape),
    toBytes:
      ({ packed, shape }) =>
      async () => {
        const values = await packed.data()
        const payload = new Uint8Array(payloadLength("plane", shape))
        if (packed.dtype === "int32") {
          payload.set(new Uint8Array(values.buffer, values.byteOffset, payload.length))
        } else {
          for (let i = 0; i < sizeOf(shape); i++) {
            const word = values[Math.floor(i / BITS_PER_WORD)] ?? 0
            payload[i >> 3] = (payload[i >> 3] ?? 0) | (((word >> (i % BITS_PER_WORD)) & 1) << (i & 7))
          }
        }
        return encodeFrame({ kind: "plane", fractionBits, shape, payload })
      },
    fromBytes: (bytes) => async () => {
      const frame = decodeFrame("plane", fractionBits, bytes)
      if (E.isLeft(frame)) return frame
      const { shape, payload } = frame.right
      const size = sizeOf(shape)
      if (isImplemented(pack)) {
        const words = new Uint8Array(4 * Math.ceil(size / 32))
        words.set(payload)
        return E.right({ packed: tf.tensor1d(new Int32Array(words.buffer), "int32"), shape })
      }
      const words = new Float32Array(Math.ceil(size / BITS_PER_WORD))
      for (let i = 0; i < size; i++) {
        const bit = ((payload[i >> 3] ?? 0) >> (i & 7)) & 1
        const at = Math.floor(i / BITS_PER_WORD)
        words[at] = (words[at] ?? 0) + bit * 2 ** (i % BITS_PER_WORD)
      }
      return E.right({ packed: tf.tensor1d(words), shape })
    },
    release: ({ packed }) => void packed.dispose(),
    contents: ({ packed, shape }) => [{ _tag: "plane", value: packed, bits: sizeOf(shape) }],
  }),
}

/** Returns whether a kernel packed the plane, as opposed to plain operations. */
export const isFromKernel = ({ packed }: Plane): boolean => packed.dtype === "int32"
