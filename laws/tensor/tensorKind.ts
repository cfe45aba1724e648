/**
 * The kind of tensors: how laws run, read and count them.
 */
import { Tree } from "../../src/core/Tree.ts"
import { buffers } from "../../src/tensor/values/buffers.ts"
import { tensorEnv } from "../../src/tensor/values/tensorWatch.ts"
import { tf } from "../../src/tensor/tf.ts"
import { traceKernels } from "../../src/tensor/ops/traceKernels.ts"
import { isBits, type Bits } from "../engine/evidence.ts"
import type { Kind } from "../engine/Kind.ts"

/** TensorFlow.js's tensors on the active backend. */
export const tensorKind: Kind = {
  env: tensorEnv,
  make: (evidence) => make(evidence),
  within: async (body) => {
    tf.engine().startScope()
    try {
      return await body()
    } finally {
      tf.engine().endScope()
    }
  },
  held: () => buffers().count,
  trace: async (body) =>
    (await traceKernels(body)).map(({ kernel, outputs }) => {
      const digest = outputs.map((values) => digestOf(values)).join(" ")
      return { kernel, digest }
    }),
}

const make = (evidence: unknown): unknown =>
  Tree.map(evidence, isMade, (part) =>
    isBits(part)
      ? tf.tensor(part.values.slice(), [...part.shape], part.dtype as tf.DataType) // a tensor's own
      : structuredClone(part),
  )

const isMade = (value: unknown): value is Bits | ArrayBufferView => isBits(value) || ArrayBuffer.isView(value)

/** FNV-1a over the bytes, which is enough to distinguish two runs of a kernel. */
const digestOf = (values: ArrayBufferView): string => {
  let hash = 0x811c9dc5
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash.toString(16)
}
