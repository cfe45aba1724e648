/**
 * The codec of inputs and targets: a float32 or int32 tensor, or a tree of them.
 */
import { either as E, function as F, option as O, taskEither as TE } from "fp-ts"
import * as t from "io-ts"
import { SideMismatch } from "../../core/errors/SideMismatch.ts"
import type { RevError } from "../../core/RevError.ts"
import { Side } from "../../core/Side.ts"
import { Tree } from "../../core/Tree.ts"
import { isFrame, isInt32Frame } from "../../exact/frame.ts"
import type { tf } from "../tf.ts"
import { tensorScope } from "./tensorScope.ts"
import { float32TensorSide, int32TensorSide } from "./tensorSide.ts"
import { isTensor, tensorsIn } from "./tree.ts"

// --------------------------------------------------------- constructors

/**
 * The codec of a tree of tensors. A single tensor has the bytes of `float32TensorSide(null)` or of `int32TensorSide`,
 * by its type. A tree has its outline as JSON, in which `{ "$tensor": i }` is the i-th tensor, and then the bytes of
 * every tensor.
 */
export const treeSide = <A>(): Side<A> => ({
  only: O.none,
  bits: (tree) => tensorsIn(tree).reduce((sum, { size }) => sum + 32 * size, 0),
  toBytes: (tree) => (isTensor(tree) ? anyTensorSide.toBytes(tree) : writeTree(tree)),
  fromBytes: (bytes) =>
    F.pipe(
      isFrame(bytes) ? anyTensorSide.fromBytes(bytes) : readTree(bytes),
      TE.map((tree) => tree as A), // bytes that `toBytes` wrote of an A
    ),
  release: tensorScope.release,
})

// ---------------------------------------------------------- destructors

const float32 = float32TensorSide(null)

const anyTensorSide: Side<tf.Tensor> = {
  ...float32,
  toBytes: (tensor) => (tensor.dtype === "int32" ? int32TensorSide : float32).toBytes(tensor),
  fromBytes: (bytes) => (isInt32Frame(bytes) ? int32TensorSide : float32).fromBytes(bytes),
}

const Mark = t.strict({ $tensor: t.number })

const writeTree = (tree: unknown) => async () => {
  const tensors = tensorsIn(tree)
  let count = 0
  const outline = Tree.map(tree, isTensor, () => ({ $tensor: count++ }))
  const head = new TextEncoder().encode(JSON.stringify(outline))
  const frames = await Side.array(tensors.length, anyTensorSide).toBytes(tensors)()
  return Side.pair(Side.bytes, Side.bytes).toBytes([head, frames])()
}

const readTree = (bytes: Uint8Array) => async (): Promise<E.Either<RevError, unknown>> => {
  const parts = await Side.pair(Side.bytes, Side.bytes).fromBytes(bytes)()
  if (E.isLeft(parts)) return parts
  const [head, frames] = parts.right
  const outline = E.tryCatch(
    (): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(head)),
    () => new SideMismatch("The bytes do not begin with the outline of a tree of tensors. Give what toBytes wrote."),
  )
  if (E.isLeft(outline)) return outline
  const places = Tree.leaves(outline.right, Mark.is)
  if (places.some(({ $tensor }, i) => $tensor !== i))
    return E.left(
      new SideMismatch("The outline of a tree of tensors does not number them in order. Give what toBytes wrote."),
    )
  const tensors = await Side.array(places.length, anyTensorSide).fromBytes(frames)()
  return E.map((read: ReadonlyArray<tf.Tensor>) => Tree.map(outline.right, Mark.is, ({ $tensor }) => read[$tensor]))(
    tensors,
  )
}
