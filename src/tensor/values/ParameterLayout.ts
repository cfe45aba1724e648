/**
 * The layout of a parameter tree's tensors in one flat array, which threads can share.
 *
 * Laws (checked by `test/node/workers.test.ts`): `read` after `write` gives the same bits, and `add` gives the bits of
 * adding the tensors.
 */
import { either as E } from "fp-ts"
import { ParameterMismatch } from "../../core/errors/ParameterMismatch.ts"
import { Params } from "../../core/Params.ts"
import type { RevError } from "../../core/RevError.ts"
import { sizeOf } from "../../exact/frame.ts"
import { isImplemented } from "../kernels/dispatch.ts"
import { addTo } from "../kernels/spec/addTo.ts"
import { addArrays } from "../kernels/wasm/stock/Add.ts"
import { copyNow } from "../kernels/tensorflow/operations.ts"
import { asWasm, fromWasm } from "../kernels/wasm/WasmBackend.ts"
import { tensorLeaves } from "./parameterSide.ts"
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** One leaf: its path, its shape, and the offset of its first element. */
interface Slot {
  readonly path: string
  readonly shape: ReadonlyArray<number>
  readonly at: number
}

/** The leaves in the order of the tree, one after the other. */
export interface ParameterLayout {
  readonly slots: ReadonlyArray<Slot>
  /** The number of elements of the array. */
  readonly size: number
}

export const ParameterLayout = {
  // -------------------------------------------------------- constructors

  /** Returns the layout of a tree of float32 tensors. Throws `ParameterMismatch` for a leaf of another type. */
  of: <P>(params: Params<P>, p: P): ParameterLayout => {
    let size = 0
    const slots = tensorLeaves(params, p).map(([path, leaf]) => {
      if (leaf.dtype !== "float32")
        throw new ParameterMismatch(`The parameter ${path} is ${leaf.dtype}, but only float32 tensors can be trained.`)
      const slot = { path, shape: leaf.shape, at: size }
      size += leaf.size
      return slot
    })
    return { slots, size }
  },

  // --------------------------------------------------------- combinators

  /** Adds the array `right` to `left` in place. Both have the same layout. */
  add: (left: Float32Array, right: Float32Array): void => {
    if (inWasm() && isImplemented(addTo)) return addArrays(asWasm(tf.backend()), left, right)
    // Adding two float32 numbers in float64 and rounding on the store gives the float32 sum.
    for (let i = 0; i < left.length; i++) left[i] = (left[i] ?? NaN) + (right[i] ?? NaN)
  },

  // -------------------------------------------------------- destructors

  /** Copies a tree of this layout into an array. Rejects with `ParameterMismatch` if the tree has another layout. */
  write: async <P>(layout: ParameterLayout, params: Params<P>, p: P, array: Float32Array): Promise<void> => {
    const leaves = new Map(tensorLeaves(params, p))
    for (const { path, shape, at } of layout.slots) {
      const leaf = leaves.get(path)
      if (leaf === undefined || leaf.shape.join() !== shape.join())
        throw new ParameterMismatch(
          `The parameter ${path} is ${leaf?.shape.join(" x ") ?? "missing"}, not [${shape.join(", ")}].`,
        )
      // On wasm this copies directly from the heap; other backends return a copy.
      if (inWasm()) array.set(fromWasm(asWasm(tf.backend())).view(leaf), at)
      else array.set(await leaf.data(), at)
    }
  },

  /** Makes new tensors from the elements of an array. */
  read: <P>({ slots }: ParameterLayout, params: Params<P>, array: Float32Array): E.Either<RevError, P> => {
    const leaves = new Map<string, tf.Tensor>()
    for (const { path, shape, at } of slots) {
      const elements = array.subarray(at, at + sizeOf(shape))
      leaves.set(path, copied(elements, shape))
    }
    const built = Params.fromLeaves(params, leaves)
    if (E.isLeft(built)) for (const leaf of leaves.values()) leaf.dispose()
    return built
  },
}

/**
 * Makes a tensor of its own memory. wasm copies to its heap immediately and TensorFlow does so on request; other
 * backends may keep the array that they are given.
 */
const copied = (elements: Float32Array, shape: ReadonlyArray<number>): tf.Tensor => {
  const onTensorflow = tf.getBackend() === "tensorflow"
  const x = tf.tensor(inWasm() || onTensorflow ? elements : elements.slice(), [...shape], "float32")
  if (onTensorflow) copyNow(tf.backend(), x)
  return x
}

const inWasm = (): boolean => tf.getBackend() === "wasm"
