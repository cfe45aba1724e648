/**
 * The codec of a whole parameter tree: its paths as JSON, then a float32 frame for every leaf.
 */
import { either as E, function as F, option as O } from "fp-ts"
import * as t from "io-ts"
import { ParameterMismatch } from "../core/errors/ParameterMismatch.ts"
import { Params } from "../core/Params.ts"
import { Side } from "../core/Side.ts"
import { float32TensorSide } from "./tensorSide.ts"
import { tf } from "./tf.ts"

// --------------------------------------------------------- constructors

/** Parameters to bytes and back, by path; `ParameterMismatch` names the first path that is missing. */
export const parameterSide = <P>(params: Params<P>): Side<P> => ({
  only: O.none,
  bits: (p) => tensorLeaves(params, p).reduce((sum, [, leaf]) => sum + leafSide.bits(leaf), 0),
  toBytes: (p) => async () => {
    const leaves = tensorLeaves(params, p)
    const paths = new TextEncoder().encode(JSON.stringify(leaves.map(([path]) => path)))
    const values = Side.array(leaves.length, leafSide).toBytes(leaves.map(([, leaf]) => leaf))
    return envelope.toBytes([paths, await values()])()
  },
  fromBytes: (bytes) => async () => {
    const parts = await envelope.fromBytes(bytes)()
    if (E.isLeft(parts)) return parts
    const [json, frames] = parts.right
    const names = F.pipe(
      E.tryCatch((): unknown => JSON.parse(new TextDecoder().decode(json)), String),
      E.chainW((paths) => t.readonlyArray(t.string).decode(paths)),
    )
    if (E.isLeft(names)) return E.left(new ParameterMismatch("The bytes do not begin with the paths of parameters."))
    const leaves = await Side.array(names.right.length, leafSide).fromBytes(frames)()
    if (E.isLeft(leaves)) return leaves
    return Params.fromLeaves(params, new Map(names.right.map((name, i) => [name, leaves.right[i]])))
  },
})

const leafSide = float32TensorSide(null)

const raw: Side<Uint8Array> = {
  only: O.none,
  bits: (bytes) => 8 * bytes.length,
  toBytes: (bytes) => async () => bytes,
  fromBytes: (bytes) => async () => E.right(bytes),
}

const envelope = Side.pair(raw, raw)

/** The leaves of a tree, which must all be tensors. */
export const tensorLeaves = <P>(params: Params<P>, p: P): ReadonlyArray<readonly [path: string, leaf: tf.Tensor]> =>
  params.leaves(p).map(([path, leaf]) => {
    if (!(leaf instanceof tf.Tensor)) throw new ParameterMismatch(`The parameter ${path} is not a tensor.`)
    return [path, leaf]
  })
