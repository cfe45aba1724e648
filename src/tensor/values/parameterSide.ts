/**
 * The codec of a whole parameter tree: its paths as JSON, followed by one float32 frame per leaf.
 */
import { either as E, function as F, option as O } from "fp-ts"
import * as t from "io-ts"
import { ParameterMismatch } from "../../core/errors/ParameterMismatch.ts"
import { Key } from "../../core/Key.ts"
import { Params } from "../../core/Params.ts"
import { quoted } from "../../core/quoted.ts"
import { isRevError, type RevError } from "../../core/RevError.ts"
import { Side } from "../../core/Side.ts"
import { sameShape, showShape } from "../../exact/frame.ts"
import { inShapes } from "../shapes/inShapes.ts"
import { float32TensorSide } from "./tensorSide.ts"
import { tf } from "../tf.ts"
import { isTensor } from "./tree.ts"

// --------------------------------------------------------- constructors

/**
 * Makes the codec of a network's parameters by path. `ParameterMismatch` names the first path that the network does not
 * have or has with another shape, or the first path that is missing.
 */
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
    const paths = F.pipe(
      E.tryCatch((): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)), String),
      E.chainW((names) => t.readonlyArray(t.string).decode(names)),
    )
    if (E.isLeft(paths)) return E.left(new ParameterMismatch("The bytes do not begin with the paths of parameters."))
    const shapes = E.tryCatch(() => shapesOf(params), orThrow)
    if (E.isLeft(shapes)) return shapes
    const wrong = wrongPath(paths.right, shapes.right)
    if (wrong !== null) return E.left(new ParameterMismatch(wrong))
    const side = Side.array(paths.right.length, leafSide)
    const leaves = await side.fromBytes(frames)()
    if (E.isLeft(leaves)) return leaves
    const named = new Map(paths.right.map((path, i) => [path, leaves.right[i]]))
    const built = F.pipe(
      wrongShape(named, shapes.right),
      E.chain(() => Params.fromLeaves(params, named)),
    )
    if (E.isLeft(built)) side.release(leaves.right)
    return built
  },
  release: (p) => {
    for (const [, leaf] of tensorLeaves(params, p)) leaf.dispose()
  },
})

// ---------------------------------------------------------- destructors

/** Returns the leaves of a tree with their paths. Throws `ParameterMismatch` if one is not a tensor. */
export const tensorLeaves = <P>(params: Params<P>, p: P): ReadonlyArray<readonly [path: string, leaf: tf.Tensor]> =>
  params.leaves(p).map(([path, leaf]) => {
    if (!isTensor(leaf)) throw new ParameterMismatch(`The parameter ${path} is not a tensor.`)
    return [path, leaf]
  })

/** The shape of each leaf of a network's parameters, by path. */
type Shapes = ReadonlyMap<string, ReadonlyArray<number>>

/**
 * Returns the shapes of a network's parameters. It draws no values and allocates no memory for them, unless the
 * initialization of a parameter uses an operation whose output shape is unknown without values. Throws
 * `ParameterMismatch` if a leaf is not a tensor.
 */
export const shapesOf = <P>(params: Params<P>): Shapes => {
  const found = () => {
    const shapes = new Map<string, ReadonlyArray<number>>()
    tf.tidy(() => {
      for (const [path, { shape }] of tensorLeaves(params, params.init(Key.fromSeed(0)))) shapes.set(path, shape)
    })
    return shapes
  }
  try {
    return inShapes(found)
  } catch {
    return found()
  }
}

const leafSide = float32TensorSide(null)

const envelope = Side.pair(Side.bytes, Side.bytes)

/** Describes the first path that is unknown, duplicate or missing; null if there is none. */
const wrongPath = (paths: ReadonlyArray<string>, shapes: Shapes): string | null => {
  const seen = new Set<string>()
  for (const path of paths) {
    if (!shapes.has(path))
      return `The bytes contain the parameter ${quoted(path)}, but the network does not have it. Use the network that they were written for.`
    if (seen.has(path)) return `The bytes contain the parameter ${quoted(path)} twice. Pass what toBytes wrote.`
    seen.add(path)
  }
  for (const path of shapes.keys())
    if (!seen.has(path))
      return `The parameter ${path} is missing from the bytes. Use the network that they were written for.`
  return null
}

const wrongShape = (
  leaves: ReadonlyMap<string, tf.Tensor | undefined>,
  shapes: Shapes,
): E.Either<RevError, undefined> => {
  for (const [path, shape] of shapes) {
    const found = leaves.get(path)?.shape ?? []
    if (!sameShape(found, shape))
      return E.left(
        new ParameterMismatch(
          `The parameter ${path} is ${showShape(found)} in the bytes, but ${showShape(shape)} in the network. Use the network that they were written for.`,
        ),
      )
  }
  return E.right(undefined)
}

const orThrow = (error: unknown): RevError => {
  if (isRevError(error)) return error
  throw error
}
