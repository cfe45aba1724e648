/**
 * Parameter trees as bytes: a JSON array of paths, then frames.
 */
import { Key, Params } from "bijou"
import { tensor, tf } from "bijou/tensor"
import { parameterSide } from "../../src/tensor/values/parameterSide.ts"
import type { Reader } from "../Reader.ts"
import { of } from "./sides.ts"

/** Small trees that differ in depth, width and names, so that bytes of one are tried on another. */
export const parameters: Reader = {
  name: "parameters",
  targets: () => {
    const tree = (width: number, depth: number) =>
      Params.struct<{ readonly blocks: ReadonlyArray<{ readonly w: tf.Tensor }>; readonly out: tf.Tensor }>({
        blocks: Params.array(depth, Params.named("w", tensor.normal([width, width], 0.1))),
        out: tensor.ones([width]),
      })
    return Promise.all(
      [tree(2, 2), tree(2, 3), tree(4, 2)].map((params) => {
        const given = params.init(Key.fromSeed(1))
        const right = shapes(params, given)
        return of(parameterSide(params), given, (read) => shapes(params, read) === right, editPaths)
      }),
    )
  },
}

const shapes = <P>(params: Params<P>, p: P): string =>
  params
    .leaves(p)
    .map(([path, leaf]) => `${path} ${leaf instanceof tf.Tensor ? leaf.shape.join() : "?"}`)
    .join()

/** The envelope is a count, then two parts, each after its length. The first is the JSON. */
const editPaths = (bytes: Uint8Array, edit: (json: string) => string): Uint8Array => {
  if (bytes.length < 8) return bytes
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4, true)
  const json = new TextEncoder().encode(edit(new TextDecoder().decode(bytes.subarray(8, 8 + length))))
  const rest = bytes.subarray(8 + length)
  const edited = new Uint8Array(8 + json.length + rest.length)
  edited.set(bytes.subarray(0, 4))
  new DataView(edited.buffer).setUint32(4, json.length, true)
  edited.set(json, 8)
  edited.set(rest, 8 + json.length)
  return edited
}
