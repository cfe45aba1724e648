/**
 * The tensors of a parameter tree in one flat array, which threads can share.
 *
 * Law (checked by `test/workers.test.ts`): `read` after `write` gives the same bits.
 */
import { either as E } from "fp-ts"
import { ParameterMismatch } from "../core/errors/ParameterMismatch.ts"
import { Params } from "../core/Params.ts"
import type { RevError } from "../core/RevError.ts"
import { tensorLeaves } from "./parameterSide.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** One leaf: its path, its shape, and where its first element stands. */
interface Slot {
  readonly path: string
  readonly shape: ReadonlyArray<number>
  readonly at: number
}

/** Leaves one behind the other, in the order of the tree. */
export interface ParameterLayout {
  readonly slots: ReadonlyArray<Slot>
  /** Elements of the array. */
  readonly size: number
}

export const ParameterLayout = {
  // -------------------------------------------------------- constructors

  /** The layout of a tree of float32 tensors. */
  of: <P>(params: Params<P>, p: P): ParameterLayout => {
    let size = 0
    const slots = tensorLeaves(params, p).map(([path, leaf]) => {
      if (leaf.dtype !== "float32")
        throw new ParameterMismatch(`The parameter ${path} is ${leaf.dtype}, and only float32 tensors are trained.`)
      const slot = { path, shape: leaf.shape, at: size }
      size += leaf.size
      return slot
    })
    return { slots, size }
  },

  // -------------------------------------------------------- destructors

  /** Copies a tree of this layout into an array. Rejects with `ParameterMismatch` for a tree of another one. */
  write: async <P>(layout: ParameterLayout, params: Params<P>, p: P, array: Float32Array): Promise<void> => {
    const leaves = new Map(tensorLeaves(params, p))
    for (const { path, shape, at } of layout.slots) {
      const leaf = leaves.get(path)
      if (leaf === undefined || leaf.shape.join() !== shape.join())
        throw new ParameterMismatch(
          `The parameter ${path} is ${leaf?.shape.join(" x ") ?? "missing"}, not [${shape.join(", ")}].`,
        )
      array.set(await leaf.data(), at)
    }
  },

  /** New tensors with the elements of an array. */
  read: <P>({ slots }: ParameterLayout, params: Params<P>, array: Float32Array): E.Either<RevError, P> => {
    const leaves = new Map<string, tf.Tensor>()
    for (const { path, shape, at } of slots) {
      const size = shape.reduce((n, d) => n * d, 1)
      leaves.set(path, tf.tensor(array.slice(at, at + size), [...shape], "float32"))
    }
    const built = Params.fromLeaves(params, leaves)
    if (E.isLeft(built)) for (const leaf of leaves.values()) leaf.dispose()
    return built
  },
}
