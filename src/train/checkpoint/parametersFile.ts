/**
 * Parameters alone as a safetensors file, as other tools write and read them.
 */
import { either as E, option as O, type taskEither as TE } from "fp-ts"
import type { Params } from "../../core/Params.ts"
import { quoted } from "../../core/quoted.ts"
import type { RevError } from "../../core/RevError.ts"
import { sizeOf } from "../../exact/frame.ts"
import { tf } from "../../tensor/tf.ts"
import { tensorLeaves } from "../../tensor/values/parameterSide.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { CheckpointDamaged } from "../errors/CheckpointDamaged.ts"
import type { ByteSource } from "./ByteSource.ts"
import { mismatch } from "./mismatch.ts"
import { nameOf } from "./names.ts"
import { headerOf, type Header } from "./Safetensors.ts"

// --------------------------------------------------------- constructors

/**
 * Reads the parameters of a network, which take their names from their paths: `blocks.0.w`. `ParameterMismatch` names
 * the first array that the network does not have, or has in another shape, `CheckpointDamaged` one that is missing, and
 * then nothing is left.
 */
export const readParameters =
  <P>(params: Params<P>, source: ByteSource, header: Header): TE.TaskEither<CheckpointDamaged | RevError, P> =>
  async () => {
    const wrong = mismatch(params, header.arrays, [""])
    if (wrong !== null) return E.left(wrong)
    const tensors = new Map<string, tf.Tensor>()
    try {
      for (const { name, shape, at } of header.arrays) {
        const bytes = await source.read(at, 4 * sizeOf(shape))
        const values = new Float32Array(bytes.buffer)
        const bad = values.findIndex((value) => !Number.isFinite(value))
        if (bad >= 0) {
          tensorScope.release([...tensors.values()])
          return E.left(new CheckpointDamaged(`${quoted(name)} has the number ${values[bad]}`))
        }
        tensors.set(name, tf.tensor(values, [...shape], "float32"))
      }
    } catch (error) {
      tensorScope.release([...tensors.values()])
      throw error
    }
    return params.rebuild((path) => O.fromNullable(tensors.get(nameOf(path))))
  }

// ---------------------------------------------------------- destructors

/** The bytes of the parameters, piece by piece; borrows the tensors. */
export const parameterPieces = async function* <P>(params: Params<P>, p: P): AsyncGenerator<Uint8Array, void> {
  const arrays = tensorLeaves(params, p).map(([path, leaf]) => ({ name: nameOf(path), shape: leaf.shape, leaf }))
  yield headerOf(arrays, new Map([["format", "pt"]]))
  for (const { leaf } of arrays) {
    const values = await leaf.data()
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  }
}
