/** Elementwise kernels, four lanes at a time, with per-sample numbers. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import type { Returned } from "../implement.ts"
import type { Code, V128, I32 } from "./assembler/Code.ts"
import { compile } from "./assembler/Routine.ts"
import type { OnHeap } from "./Heap.ts"
import { overSamples, withNumbers } from "./samples.ts"

// ---------------------------------------------------------------- model

/** An elementwise function of tensors and of the numbers of their sample. */
export interface Elementwise<Tensor extends string, Name extends string, A extends object> {
  /** The names of the inputs, all float32 `[batch, ...]` of one shape, which is also the shape of the outputs. */
  readonly tensors: readonly Tensor[]
  readonly names: readonly Name[]
  /** Returns the named numbers, one per sample each. */
  readonly numbers: (attributes: A) => readonly (readonly number[])[]
  readonly outputs: number
  /** Computes the results, one per output. */
  readonly body: (code: Code, values: Readonly<Record<Tensor | Name, V128>>) => readonly V128[]
}

// --------------------------------------------------------- constructors

/** Makes a kernel on the heap with `outputs` outputs, as its contract says. */
export const elementwise = <
  I extends Readonly<Record<Tensor, tf.TensorInfo>>,
  A extends object,
  O extends Outputs,
  const Tensor extends string & keyof I,
  const Name extends string,
>(
  _contract: Contract<I, A, O>,
  { tensors, names, numbers, outputs, body }: Elementwise<Tensor, Name, A>,
): OnHeap<I, A, O> => {
  const results = Array.from({ length: outputs }, (_, i) => `out${i}`)
  const map = compile<string, never>({
    integers: ["samples", "count", "given", ...tensors, ...results],
    numbers: [],
    body: (code, places) => {
      const { samples, count, given } = places as Record<"samples" | "count" | "given", I32> // places has these three
      const bytes = code.i32.mul(count, 4)
      const rows = Object.fromEntries(
        [...tensors, ...results].map((name) => [name, [places[name] ?? given, bytes] as const]),
      )
      overSamples(code, { samples, given, names, rows }, (each, at) =>
        code.along(count, (part) => {
          const loaded = Object.fromEntries(tensors.map((name) => [name, part.load(at[name] ?? given)]))
          // each and loaded have every name
          const computed = body(code, { ...each, ...(loaded as Record<Tensor, V128>) })
          for (const [i, result] of computed.entries()) part.store(at[`out${i}`] ?? given, result)
        }),
      )
    },
  })
  return (heap, inputs, attributes) => {
    const given = tensors.map((name) => [name, inputs[name]] as const)
    const shape = given[0]?.[1].shape ?? []
    const made = results.map((name) => [name, heap.output(shape, "float32")] as const)
    const values = numbers(attributes)
    const samples = values[0]?.length ?? 1
    withNumbers(heap, values, samples, (place) => {
      for (const [, tensor] of given) heap.touch(tensor)
      const places = Object.fromEntries([...given, ...made].map(([name, tensor]) => [name, heap.place(tensor)]))
      map(heap.backend, { ...places, samples, count: sizeOf(shape) / samples, given: place })
    })
    const outs = made.map(([, tensor]) => tensor)
    return (outputs === 1 ? outs[0] : outs) as Returned<O> // the number of outputs matches O
  }
}
